package io.facepipeline.training.mtcnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.facepipeline.Box;
import io.facepipeline.Landmarks;
import io.facepipeline.training.faces.TrueFaces.TrueFace;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CropTargetsTest {
  private static final float NO_TEACHER = Float.NaN;
  private static final Landmarks LANDMARKS =
      Landmarks.of(130, 140, 170, 141, 150, 160, 135, 180, 165, 181);

  @Test
  void kindsHaveTheLimitsOfThePaper() {
    assertEquals(CropKind.NEGATIVE, CropKind.of(0));
    assertEquals(CropKind.NEGATIVE, CropKind.of(0.29f));
    assertEquals(CropKind.BETWEEN, CropKind.of(0.3f));
    assertEquals(CropKind.PART, CropKind.of(0.4f));
    assertEquals(CropKind.PART, CropKind.of(0.64f));
    assertEquals(CropKind.POSITIVE, CropKind.of(0.65f));
  }

  @Test
  void positiveHasClassBoxAndLandmarks() {
    // 90 * 80 of 10,000 + 9,000 - 7,200 shared: 0.61 would be a part; 95 * 90 is 0.82.
    TrueFace face = new TrueFace(new Box(105, 110, 200, 205), LANDMARKS);
    float[] targets = CropTargets.of(new Box(100, 110, 199, 209), 1, face, NO_TEACHER, 0.75f);
    assertArrayEquals(new float[] {1, 1}, Arrays.copyOfRange(targets, 0, 2));
    assertArrayEquals(
        new float[] {1, 0.05f, 0, 0.01f, -0.04f}, Arrays.copyOfRange(targets, 2, 7), 1e-6f);
    assertArrayEquals(
        new float[] {1, 0.31f, 0.71f, 0.51f, 0.36f, 0.66f, 0.31f, 0.32f, 0.51f, 0.71f, 0.72f},
        Arrays.copyOfRange(targets, 7, 18),
        1e-6f);
  }

  @Test
  void cascadeTurnsTheTargetsBackIntoTheFace() {
    // As FastCascade: an edge moves by target * (x2 - x1 + 1), a landmark is at
    // (x2 - x1 + 1) * target + x1 - 1.
    TrueFace face = new TrueFace(new Box(105, 110, 200, 205), LANDMARKS);
    float[] t = CropTargets.of(new Box(100, 112, 189, 201), 1, face, NO_TEACHER, 0.75f);
    assertEquals(105, 100 + 90 * t[3], 1e-4);
    assertEquals(110, 112 + 90 * t[4], 1e-4);
    assertEquals(200, 189 + 90 * t[5], 1e-4);
    assertEquals(205, 201 + 90 * t[6], 1e-4);
    assertEquals(170, 90 * t[9] + 100 - 1, 1e-4);
    assertEquals(181, 90 * t[17] + 112 - 1, 1e-4);
  }

  @Test
  void partHasNoClassUnlessATeacherGivesOne() {
    TrueFace face = new TrueFace(new Box(0, 0, 100, 100), null);
    Box half = new Box(0, 0, 100, 50);
    float[] alone = CropTargets.of(half, 0, face, NO_TEACHER, 0.75f);
    assertEquals(0, alone[CropTargets.CLASS]);
    assertArrayEquals(new float[] {1, 0, 0, 0, 1}, Arrays.copyOfRange(alone, 2, 7));
    assertEquals(0, alone[CropTargets.LANDMARKS]);
    float[] taught = CropTargets.of(half, 0, face, 0.4f, 0.75f);
    assertArrayEquals(new float[] {1, 0.4f}, Arrays.copyOfRange(taught, 0, 2));
  }

  @Test
  void teacherAndLabelShareTheClassTarget() {
    TrueFace face = new TrueFace(new Box(0, 0, 100, 100), null);
    float[] positive = CropTargets.of(new Box(0, 0, 100, 90), 0, face, 0.6f, 0.75f);
    assertEquals(0.75f * 0.6f + 0.25f, positive[CropTargets.CLASS + 1], 1e-6);
    float[] negative = CropTargets.of(new Box(300, 0, 400, 90), 0, face, 0.6f, 0.75f);
    assertEquals(0.75f * 0.6f, negative[CropTargets.CLASS + 1], 1e-6);
    assertEquals(0, negative[CropTargets.BOX]);
    float[] nobody = CropTargets.of(new Box(0, 0, 100, 90), 0, null, NO_TEACHER, 0.75f);
    assertArrayEquals(new float[] {1, 0, 0}, Arrays.copyOfRange(nobody, 0, 3));
  }

  @Test
  void mirroredTargetsAreThoseOfTheMirroredFace() {
    TrueFace face = new TrueFace(new Box(12, 20, 92, 96), landmarks(30, 70, 45, 33, 64));
    float[] mirrored = CropTargets.of(new Box(10, 10, 99, 99), 1, face, NO_TEACHER, 0);
    CropTargets.mirror(mirrored);
    // In a mirror about the window, whose pixels are 10 to 99 counted from one.
    TrueFace other = new TrueFace(new Box(17, 20, 97, 96), landmarks(38, 78, 63, 44, 75));
    float[] expected = CropTargets.of(new Box(10, 10, 99, 99), 1, other, NO_TEACHER, 0);
    // Landmarks count from zero, in shares of the window: x becomes 1 - x.
    for (int i = 0; i < 18; i++) {
      if (i < 8 || i > 12) {
        assertEquals(expected[i], mirrored[i], 1e-6, "number " + i);
      }
    }
    float[] plain = CropTargets.of(new Box(10, 10, 99, 99), 1, face, NO_TEACHER, 0);
    assertEquals(1 - plain[9], mirrored[8], 1e-6);
    assertEquals(1 - plain[8], mirrored[9], 1e-6);
    assertEquals(1 - plain[10], mirrored[10], 1e-6);
    assertEquals(1 - plain[12], mirrored[11], 1e-6);
  }

  private static Landmarks landmarks(int... x) {
    List<Integer> y = List.of(40, 40, 60, 80, 80);
    float[] xy = new float[10];
    for (int i = 0; i < 5; i++) {
      xy[2 * i] = x[i];
      xy[2 * i + 1] = y.get(i);
    }
    return Landmarks.of(xy);
  }
}
