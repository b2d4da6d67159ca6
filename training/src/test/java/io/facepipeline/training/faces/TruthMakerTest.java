package io.facepipeline.training.faces;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Landmarks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TruthMakerTest {
  private static final Landmarks MARKED = Landmarks.of(1, 1, 2, 1, 1, 2, 1, 3, 2, 3);
  private static final Landmarks FOUND = Landmarks.of(5, 5, 6, 5, 5, 6, 5, 7, 6, 7);

  @Test
  void labelsAreTheTruthWithoutATeacher() {
    LabelledFace face = new LabelledFace(new Box(10, 10, 50, 60), MARKED, false);
    LabelledFace ignored = new LabelledFace(new Box(100, 10, 150, 60), null, true);
    LabelledFace small = new LabelledFace(new Box(200, 10, 206, 30), null, false);
    TrueFaces truth =
        TruthMaker.combine(List.of(photo(true, face, ignored, small)), List.of(), TruthMaker.SURE)
            .get(0);
    assertEquals(List.of(new TrueFaces.TrueFace(face.box(), MARKED)), truth.faces());
    assertEquals(List.of(ignored.box(), small.box()), truth.ignored());
  }

  @Test
  void teacherGivesTheBoxAndTheLandmarksThatNobodyMarked() {
    LabelledFace plain = new LabelledFace(new Box(0, 0, 40, 50), null, false);
    LabelledFace marked = new LabelledFace(new Box(100, 0, 140, 50), MARKED, false);
    List<Face> found =
        List.of(face(new Box(102, 4, 140, 48), 0.9f), face(new Box(2, 4, 40, 48), 0.8f));
    TrueFaces truth =
        TruthMaker.combine(List.of(photo(true, plain, marked)), List.of(found), TruthMaker.SURE)
            .get(0);
    assertEquals(
        List.of(
            new TrueFaces.TrueFace(new Box(2, 4, 40, 48), FOUND),
            new TrueFaces.TrueFace(new Box(102, 4, 140, 48), MARKED)),
        truth.faces());
  }

  @Test
  void whatNobodyMarkedIsAFaceOnlyWhereNotAllWereMarked() {
    List<Face> found =
        List.of(face(new Box(0, 0, 40, 50), 0.99f), face(new Box(100, 0, 140, 50), 0.8f));
    List<TrueFaces> truth =
        TruthMaker.combine(
            List.of(photo(true), photo(false)), List.of(found, found), TruthMaker.SURE);
    assertTrue(truth.get(0).faces().isEmpty());
    assertEquals(2, truth.get(0).ignored().size());
    assertEquals(1, truth.get(1).faces().size());
    assertEquals(List.of(new Box(100, 0, 140, 50)), truth.get(1).ignored());
  }

  @Test
  void labelThatTheTeacherMissesMovesAsTheOthersOfItsSource() {
    // The teacher's boxes begin a tenth of the label's height lower.
    List<LabelledPhoto> photos = new ArrayList<>();
    List<List<Face>> found = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      photos.add(photo(true, new LabelledFace(new Box(0, 0, 80, 100), null, false)));
      found.add(List.of(face(new Box(0, 10, 80, 100), 0.9f)));
    }
    photos.add(photo(true, new LabelledFace(new Box(10, 20, 50, 70), null, false)));
    found.add(List.of());
    Box moved = TruthMaker.combine(photos, found, TruthMaker.SURE).get(20).faces().get(0).box();
    assertEquals(10, moved.x1(), 1e-4);
    assertEquals(25, moved.y1(), 1e-4);
    assertEquals(70, moved.y2(), 1e-4);
    assertNull(
        TruthMaker.combine(photos, found, TruthMaker.SURE).get(20).faces().get(0).landmarks());
  }

  @Test
  void ignoredBoxesHideTheWindowsThatTheyReachInto() {
    TrueFaces truth = new TrueFaces(List.of(), List.of(new Box(0, 0, 10, 10)));
    assertTrue(truth.ignores(new Box(5, 0, 15, 10)));
    assertFalse(truth.ignores(new Box(8, 0, 18, 10)));
    assertTrue(truth.ignores(new Box(-100, -100, 100, 100)));
  }

  private static LabelledPhoto photo(boolean complete, LabelledFace... faces) {
    return new LabelledPhoto(Path.of("photo.jpg"), "source", List.of(faces), complete);
  }

  private static Face face(Box box, float score) {
    return new Face(box, FOUND, score);
  }
}
