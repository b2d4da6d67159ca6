package io.facepipeline.training.detector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.detection.scan.ScanNetwork;
import io.facepipeline.training.faces.TrueFaces;
import io.facepipeline.training.faces.TrueFaces.TrueFace;
import java.util.List;
import org.junit.jupiter.api.Test;

class AssignmentTest {
  private static final int SIDE = 64;
  private static final Cells CELLS = new Cells(SIDE);
  private static final Box FACE = new Box(8, 8, 24, 24);

  /** What a network says that finds nothing, with boxes of a stride's size on each cell. */
  private static float[] nothing(int views) {
    int count = CELLS.count();
    float[] said = new float[views * ScanNetwork.NUMBERS * count];
    for (int view = 0; view < views; view++) {
      int base = view * ScanNetwork.NUMBERS * count;
      for (int cell = 0; cell < count; cell++) {
        said[base + cell] = -4;
        said[base + count + cell] = 0.5f;
        said[base + 2 * count + cell] = 0.5f;
      }
    }
    return said;
  }

  @Test
  void cellsOfAllStridesAreInOrder() {
    assertEquals(8 * 8 + 4 * 4 + 2 * 2, CELLS.count());
    assertEquals(8, CELLS.stride[63]);
    assertEquals(56, CELLS.x[63]);
    assertEquals(56, CELLS.y[63]);
    assertEquals(16, CELLS.stride[64]);
    assertEquals(32, CELLS.x[83]);
    assertEquals(32, CELLS.y[83]);
  }

  @Test
  void theBestBoxFindsTheFace() {
    float[] said = nothing(2);
    int count = CELLS.count();
    int base = ScanNetwork.NUMBERS * count;
    // In the second view, the cell at (16, 8) says the face's box exactly.
    int cell = 8 + 2;
    said[base + count + cell] = 0;
    said[base + 2 * count + cell] = 1;
    said[base + 3 * count + cell] = (float) Math.log(2);
    said[base + 4 * count + cell] = (float) Math.log(2);
    TrueFaces none = new TrueFaces(List.of(), List.of());
    TrueFaces one = new TrueFaces(List.of(new TrueFace(FACE, null)), List.of());
    Assignment found = new Assignment(said, List.of(none, one), CELLS);
    List<Integer> rows = found.matches.stream().map(Assignment.Match::row).toList();
    assertTrue(rows.contains(count + cell), rows::toString);
    assertEquals(1, found.scores[count + cell], 1e-4);
    for (int row = 0; row < count; row++) {
      assertEquals(0, found.scores[row]);
    }
    // What a cell is asked for is what its own box is worth.
    for (Assignment.Match match : found.matches) {
      assertTrue(found.scores[match.row()] >= 0 && found.scores[match.row()] <= 1);
    }
    assertTrue(rows.size() < 10, rows::toString);
  }

  @Test
  void aTeachersCellsFindTheFacesThatTheirBoxesAreOf() {
    Box other = new Box(40, 40, 56, 58);
    TrueFaces faces =
        new TrueFaces(List.of(new TrueFace(FACE, null), new TrueFace(other, null)), List.of());
    float[] scores = new float[CELLS.count()];
    float[] boxes = new float[4 * CELLS.count()];
    say(9, 0.8f, new Box(9, 8, 24, 25), scores, boxes);
    say(10, 0.1f, new Box(9, 8, 24, 25), scores, boxes);
    say(11, 0.01f, new Box(9, 8, 24, 25), scores, boxes);
    // Nobody is there.
    say(60, 0.9f, new Box(40, 0, 56, 18), scores, boxes);
    Assignment found =
        new Assignment(
            nothing(1), List.of(faces), List.of(new TeacherMaps.Said(scores, boxes)), CELLS);
    assertEquals(0.8f, found.scores[9]);
    assertEquals(0.1f, found.scores[10]);
    assertEquals(0, found.scores[11]);
    assertEquals(0, found.scores[60]);
    assertEquals(1, found.known[60]);
    assertEquals(
        List.of(9),
        found.matches.stream()
            .filter(match -> match.face().box().equals(FACE))
            .map(Assignment.Match::cell)
            .toList());
    // The teacher overlooks the other one; the network's own cells find it.
    assertTrue(found.matches.stream().anyMatch(match -> match.face().box().equals(other)));
  }

  private static void say(int cell, float score, Box box, float[] scores, float[] boxes) {
    scores[cell] = score;
    boxes[4 * cell] = box.x1();
    boxes[4 * cell + 1] = box.y1();
    boxes[4 * cell + 2] = box.x2();
    boxes[4 * cell + 3] = box.y2();
  }

  @Test
  void everyFaceIsSomeCellsEvenAtFirst() {
    Box small = new Box(40, 40, 46, 47);
    TrueFaces faces =
        new TrueFaces(List.of(new TrueFace(FACE, null), new TrueFace(small, null)), List.of());
    Assignment found = new Assignment(nothing(1), List.of(faces), CELLS);
    assertTrue(found.matches.stream().anyMatch(match -> match.face().box().equals(FACE)));
    assertTrue(found.matches.stream().anyMatch(match -> match.face().box().equals(small)));
  }

  @Test
  void ofIgnoredPlacesNothingIsKnown() {
    TrueFaces truth =
        new TrueFaces(List.of(new TrueFace(FACE, null)), List.of(new Box(40, 40, 56, 56)));
    Assignment found = new Assignment(nothing(1), List.of(truth), CELLS);
    // The centers of the cells at (40, 40) and (0, 0).
    assertEquals(0, found.known[5 * 8 + 5]);
    assertEquals(1, found.known[0]);
    assertFalse(found.matches.isEmpty());
    found.matches.forEach(match -> assertEquals(1, found.known[match.row()]));
  }
}
