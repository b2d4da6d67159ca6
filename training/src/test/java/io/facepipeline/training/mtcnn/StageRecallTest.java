package io.facepipeline.training.mtcnn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.facepipeline.Box;
import io.facepipeline.Image;
import io.facepipeline.internal.Workers;
import io.facepipeline.training.faces.LabelledPhoto;
import io.facepipeline.training.faces.TrueFaces;
import io.facepipeline.training.faces.TrueFaces.TrueFace;
import io.facepipeline.training.mtcnn.StageRecall.Passed;
import io.facepipeline.training.mtcnn.StageRecall.Passing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageRecallTest {
  private static final List<Float> SCORES = List.of(0.9f, 0.7f, 0.5f, 0.4f);

  @TempDir Path folder;

  @Test
  void movesTheLogitsUntilAsManyFacesPass() {
    try (Workers workers = new Workers(1)) {
      StageRecall point = point(workers);
      // Each photo has four faces, one too small to count; of the others a network gives the
      // scores 0.9, 0.7 and 0.5.
      Passing network = StageRecallTest::passing;
      assertEquals(new Passed(2 / 3.0, 4), point.passed(network, 0.6f));
      assertEquals(new Passed(1, 6), point.passed(network, 0.5f));
      // From 0.6 to 0.5 it is 0.405 in logits, to 0.7 it is -0.442, and steps are of 0.2.
      assertEquals(0.6, point.shift(network, 0.6f, new Passed(0.9, 100)), 1e-6);
      assertEquals(-0.4, point.shift(network, 0.6f, new Passed(0.6, 100)), 1e-6);
    }
  }

  @Test
  void takesNoMoreCandidatesForMoreFaces() {
    try (Workers workers = new Workers(1)) {
      StageRecall point = point(workers);
      Passing network = StageRecallTest::passing;
      assertEquals(0.4, point.shift(network, 0.6f, new Passed(0.9, 5)), 1e-6);
      assertEquals(
          -2.4, point.shift((i, image, t) -> passing(i, image, 0), 0.6f, new Passed(1, 7)));
    }
  }

  @Test
  void givesUpWhereNoThresholdReachesTheRecall() {
    try (Workers workers = new Workers(1)) {
      Passed model = new Passed(0.9, 10);
      assertEquals(2.4, point(workers).shift((i, image, t) -> List.of(), 0.6f, model), 1e-6);
    }
  }

  private StageRecall point(Workers workers) {
    List<LabelledPhoto> photos = new ArrayList<>();
    List<TrueFaces> truth = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Path file = folder.resolve(i + ".png");
      Image.ofRgb(200, 60, new byte[200 * 60 * 3]).writePng(file);
      // The last photo is not to be measured on: not all of its faces are known.
      photos.add(new LabelledPhoto(file, "drawn", List.of(), i < 2));
      List<TrueFace> faces = new ArrayList<>();
      for (int k = 0; k < SCORES.size(); k++) {
        faces.add(new TrueFace(face(k), null));
      }
      truth.add(new TrueFaces(faces, List.of()));
    }
    return new StageRecall(photos, truth, 1, workers);
  }

  private static List<Box> passing(int index, Image image, float threshold) {
    assertEquals(200, image.width());
    List<Box> passing = new ArrayList<>();
    for (int k = 0; k < SCORES.size(); k++) {
      if (SCORES.get(k) >= threshold) {
        Box face = face(k);
        passing.add(new Box(face.x1() + 1, face.y1(), face.x2() + 1, face.y2()));
      }
    }
    return passing;
  }

  private static Box face(int number) {
    int side = number == 3 ? 15 : 30;
    return new Box(50 * number, 10, 50 * number + side, 10 + side);
  }
}
