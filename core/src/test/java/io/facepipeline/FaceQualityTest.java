package io.facepipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FaceQualityTest {
  private static final Box BOX = new Box(20, 20, 80, 90);

  @Test
  void aFrontalFaceLooksStraightAhead() {
    FaceQuality quality = FaceQuality.of(noise(255), face(40, 40, 60, 40, 50, 50, 42, 60, 58, 60));
    assertEquals(20, quality.eyeDistance(), 1e-6);
    assertEquals(0, quality.yaw(), 1e-6);
    assertEquals(0, quality.pitch(), 1e-6);
    assertEquals(0, quality.roll(), 1e-6);
    assertEquals(List.of(), quality.warnings());
  }

  @Test
  void theNoseTellsWhereAFaceLooks() {
    FaceQuality right = FaceQuality.of(noise(255), face(40, 40, 60, 40, 60, 50, 42, 60, 58, 60));
    assertEquals(45, right.yaw(), 1e-6);
    assertTrue(right.warnings().get(0).contains("turned 45 degrees sideways"), right.toString());
    FaceQuality down = FaceQuality.of(noise(255), face(40, 40, 60, 40, 50, 60, 42, 60, 58, 60));
    assertEquals(45, down.pitch(), 1e-6);
    assertTrue(down.warnings().get(0).contains("lowered by 45 degrees"), down.toString());
  }

  @Test
  void leaningChangesNothingElse() {
    FaceQuality quality = FaceQuality.of(noise(255), face(50, 40, 50, 60, 40, 50, 30, 42, 30, 58));
    assertEquals(90, quality.roll(), 1e-6);
    assertEquals(0, quality.yaw(), 1e-6);
    assertEquals(0, quality.pitch(), 1e-6);
  }

  @Test
  void aSmallOrDarkOrBurntFaceIsWarnedOf() {
    FaceQuality small = FaceQuality.of(noise(255), face(40, 40, 54, 40, 47, 47, 42, 54, 52, 54));
    assertEquals(List.of("eyes 14 px apart: hard to recognize"), small.warnings());
    Face face = face(40, 40, 60, 40, 50, 50, 42, 60, 58, 60);
    assertTrue(FaceQuality.of(noise(60), face).warnings().toString().contains("too dark"));
    assertTrue(FaceQuality.of(flat(255), face).warnings().toString().contains("overexposed"));
  }

  @Test
  void aFaceOutsideOfTheImageHasNoQuality() {
    Face outside = face(440, 40, 460, 40, 450, 50, 442, 60, 458, 60);
    assertEquals(0, FaceQuality.of(noise(255), outside).score());
    assertEquals(20, FaceQuality.of(noise(255), outside).eyeDistance(), 1e-6);
    Face partly = face(-5, 40, 15, 40, 5, 50, -3, 60, 13, 60);
    assertTrue(FaceQuality.of(noise(255), partly).score() > 0);
  }

  @Test
  void everyFaceHasAQualityOfFiniteNumbers() {
    float[] strange = {
      Float.NaN, Float.POSITIVE_INFINITY, Float.MAX_VALUE, -Float.MAX_VALUE, 1e9f, 0, 99, 99.6f, -1
    };
    Random random = new Random(2);
    Image photo = noise(255);
    for (int i = 0; i < 2000; i++) {
      float[] xy = new float[10];
      for (int k = 0; k < xy.length; k++) {
        boolean odd = random.nextInt(4) == 0;
        xy[k] = odd ? strange[random.nextInt(strange.length)] : 300 * random.nextFloat() - 100;
      }
      FaceQuality quality = FaceQuality.of(photo, face(xy));
      double[] parts = {
        quality.score(), quality.eyeDistance(), quality.detail(), quality.brightness(),
        quality.clipped(), quality.yaw(), quality.pitch(), quality.roll()
      };
      assertTrue(Arrays.stream(parts).allMatch(Double::isFinite), quality.toString());
      assertTrue(quality.score() >= 0 && quality.score() <= 1, quality.toString());
    }
  }

  private static Face face(float... xy) {
    return new Face(BOX, Landmarks.of(xy), 1);
  }

  private static Image flat(int level) {
    byte[] grey = new byte[100 * 100];
    Arrays.fill(grey, (byte) level);
    return Image.ofGrey(100, 100, grey);
  }

  private static Image noise(int brightest) {
    Random random = new Random(1);
    byte[] grey = new byte[100 * 100];
    for (int i = 0; i < grey.length; i++) {
      grey[i] = (byte) random.nextInt(brightest + 1);
    }
    return Image.ofGrey(100, 100, grey);
  }
}
