package io.facepipeline.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Landmarks;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaceSuppressionTest {
  @Test
  void theMoreProbableOfTwoResultsStaysInItsPlace() {
    Face large = face(0, 0, 100, 0.8f);
    Face repeat = face(30, 0, 90, 0.9f);
    Face apart = face(300, 0, 50, 0.7f);

    assertEquals(
        List.of(repeat, apart), FaceSuppression.withoutRepeats(List.of(large, repeat, apart)));
    assertEquals(List.of(large), FaceSuppression.withoutRepeats(List.of(large, large)));
    assertEquals(List.of(), FaceSuppression.withoutRepeats(List.of()));
  }

  @Test
  void landmarksNearEachOtherAreOneFaceEvenInBoxesThatHardlyOverlap() {
    Landmarks points = Landmarks.of(40, 30, 60, 30, 50, 40, 42, 50, 58, 50);
    Face left = new Face(new Box(0, 0, 55, 60), points, 0.9f);
    Face right = new Face(new Box(45, 0, 100, 60), points, 0.8f);
    assertTrue(left.box().intersectionOverUnion(right.box()) < 0.2);
    assertEquals(List.of(left), FaceSuppression.withoutRepeats(List.of(right, left)));
  }

  @Test
  void aBoxInsideAnotherIsTheSameFace() {
    assertTrue(FaceSuppression.isSame(face(0, 0, 200, 1), face(120, 120, 60, 1)));
    assertFalse(FaceSuppression.isSame(face(0, 0, 200, 1), face(180, 120, 60, 1)));
  }

  @Test
  void twoHeadsBesideEachOtherAreTwoFaces() {
    Face left = face(0, 0, 100, 0.9f);
    Face right = face(62, 0, 100, 0.8f);
    assertEquals(List.of(left, right), FaceSuppression.withoutRepeats(List.of(left, right)));
  }

  private static Face face(float x, float y, float size, float score) {
    float s = size / 10;
    Landmarks landmarks =
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
            y + 8 * s);
    return new Face(new Box(x, y, x + size, y + size), landmarks, score);
  }
}
