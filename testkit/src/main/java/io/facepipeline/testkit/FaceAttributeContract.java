package io.facepipeline.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.AlignmentException;
import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceAttribute;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link FaceAttribute} must do. A test class extends this and says how to make one. */
public abstract class FaceAttributeContract {
  /** {@return a model; the caller closes it} */
  protected abstract FaceAttribute attribute();

  /** {@return a face at a place of a photo} */
  protected static Face face(float x, float y, float size) {
    float s = size / 10;
    return new Face(
        new Box(x, y, x + size, y + size),
        Landmarks.of(
            x + 3 * s,
            y + 4 * s,
            x + 7 * s,
            y + 4 * s,
            x + 5 * s,
            y + 6 * s,
            x + 3.5f * s,
            y + 8 * s,
            x + 6.5f * s,
            y + 8 * s),
        1);
  }

  private static Image photo() {
    return Image.read(SharedData.album("groups/group_1.jpg"));
  }

  @Test
  void answersForEachFaceWithWhatTheCardSays() {
    try (FaceAttribute attribute = attribute()) {
      List<Face> faces = List.of(face(119, 226, 150), face(434, 364, 100), face(0, 0, 90));
      List<FaceAttribute.Scores> all = attribute.classify(photo(), faces);
      assertEquals(3, all.size());
      for (FaceAttribute.Scores scores : all) {
        assertEquals(attribute.card().attribute(), scores.attribute());
        assertEquals(attribute.card().id(), scores.model());
        assertEquals(
            new HashSet<>(attribute.card().labels()),
            new HashSet<>(scores.scores().stream().map(FaceAttribute.LabelScore::label).toList()));
        assertEquals(attribute.card().values(), List.copyOf(scores.values().keySet()));
        assertEquals(attribute.card().unit(), scores.unit());
        assertEquals(attribute.card().points(), scores.points().size());
        for (float value : scores.values().values()) {
          assertTrue(Float.isFinite(value), scores.toString());
        }
        double sum = 0;
        for (FaceAttribute.LabelScore score : scores.scores()) {
          assertTrue(score.probability() >= 0 && score.probability() <= 1, score.toString());
          assertTrue(score.probability() <= scores.best().probability(), scores.toString());
          sum += score.probability();
        }
        assertEquals(scores.scores().isEmpty() ? 0 : 1, sum, 1e-4);
      }
    }
  }

  @Test
  void aFaceDoesNotHangOnTheOthers() {
    try (FaceAttribute attribute = attribute()) {
      Face one = face(119, 226, 150);
      Face other = face(434, 364, 90);
      Face corner = face(0, 0, 90);
      FaceAttribute.Scores alone = attribute.classify(photo(), List.of(one)).get(0);
      assertEquals(alone, attribute.classify(photo(), List.of(other, one)).get(1));
      List<FaceAttribute.Scores> all = attribute.classify(photo(), List.of(one, other, corner));
      assertEquals(alone, all.get(0));
      assertEquals(
          List.of(all.get(2), all.get(1), all.get(0)),
          attribute.classify(photo(), List.of(corner, other, one)));
      assertEquals(List.of(), attribute.classify(photo(), List.of()));
    }
  }

  @Test
  void severalThreadsMayAskAtOnce() {
    try (FaceAttribute attribute = attribute()) {
      Image photo = photo();
      List<Face> faces = List.of(face(119, 226, 150), face(434, 364, 100));
      List<FaceAttribute.Scores> expected = attribute.classify(photo, faces);
      IntStream.range(0, 16)
          .parallel()
          .forEach(i -> assertEquals(expected, attribute.classify(photo, faces)));
    }
  }

  @Test
  void severalThreadsMayShowDifferentFaces() {
    try (FaceAttribute attribute = attribute()) {
      Image photo = photo();
      List<Face> faces = List.of(face(119, 226, 150), face(434, 364, 100), face(0, 0, 90));
      List<FaceAttribute.Scores> expected = attribute.classify(photo, faces);
      IntStream.range(0, 18)
          .parallel()
          .forEach(
              i ->
                  assertEquals(
                      List.of(expected.get(i % 3)),
                      attribute.classify(photo, List.of(faces.get(i % 3)))));
    }
  }

  @Test
  void aFaceOutsideOfThePhotoIsRefused() {
    try (FaceAttribute attribute = attribute()) {
      List<Face> outside = List.of(face(-900, -900, 50));
      assertThrows(AlignmentException.class, () -> attribute.classify(photo(), outside));
    }
  }

  @Test
  void closedItAnswersNoMore() {
    FaceAttribute attribute = attribute();
    attribute.close();
    attribute.close();
    List<Face> faces = List.of(face(119, 226, 150));
    assertThrows(IllegalStateException.class, () -> attribute.classify(photo(), faces));
  }
}
