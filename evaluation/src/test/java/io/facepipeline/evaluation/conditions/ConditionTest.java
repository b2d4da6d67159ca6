package io.facepipeline.evaluation.conditions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ConditionTest {
  private static final int SIDE = 200;
  private static final Landmarks UPRIGHT =
      Landmarks.of(80, 80, 120, 80, 100, 103, 84, 126, 116, 126);
  private static final Face FACE = new Face(new Box(60, 50, 140, 150), UPRIGHT, 1);

  private static Image noise() {
    byte[] rgb = new byte[3 * SIDE * SIDE];
    new Random(2).nextBytes(rgb);
    return Image.ofRgb(SIDE, SIDE, rgb);
  }

  /** Black, with a white disk at each landmark. */
  private static Image drawn(Landmarks landmarks) {
    byte[] rgb = new byte[3 * SIDE * SIDE];
    for (Point point : landmarks.points()) {
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          if (Math.hypot(x - point.x(), y - point.y()) < 4) {
            for (int c = 0; c < 3; c++) {
              rgb[3 * (y * SIDE + x) + c] = (byte) 255;
            }
          }
        }
      }
    }
    return Image.ofRgb(SIDE, SIDE, rgb);
  }

  private static boolean isWhite(Image image, double x, double y) {
    return (image.rgbAt((int) Math.round(x), (int) Math.round(y)) & 0xFF) > 128;
  }

  private static Set<Integer> colors(Image image, Point... points) {
    Set<Integer> colors = new HashSet<>();
    for (Point p : points) {
      for (int d = -2; d <= 2; d++) {
        colors.add(image.rgbAt(Math.round(p.x()) + d, Math.round(p.y())));
      }
    }
    return colors;
  }

  @ParameterizedTest
  @EnumSource
  void aPhotoOfTheSameSizeIsMadeTheSameEachTime(Condition condition) {
    Image photo = noise();
    Image changed = condition.of(photo, FACE, 4);
    assertEquals(SIDE, changed.width());
    assertEquals(SIDE, changed.height());
    assertEquals(changed, condition.of(photo, FACE, 4));
    if (condition == Condition.PLAIN) {
      assertSame(photo, changed);
    } else {
      assertNotEquals(photo, changed);
    }
    assertTrue(condition.label().matches("[a-z-]+"), condition.label());
  }

  @Test
  void aMaskCoversNoseAndMouthAndNothingAboveThem() {
    Image masked = Condition.MASKED.of(noise(), FACE, 1);
    assertEquals(
        1, colors(masked, UPRIGHT.nose(), UPRIGHT.leftMouth(), UPRIGHT.rightMouth()).size());
    assertEquals(noise().crop(0, 0, SIDE, 90), masked.crop(0, 0, SIDE, 90));
  }

  @Test
  void glassesCoverBothEyesAndNothingBelow() {
    Image glasses = Condition.GLASSES.of(noise(), FACE, 1);
    assertEquals(1, colors(glasses, UPRIGHT.leftEye(), UPRIGHT.rightEye()).size());
    assertEquals(noise().crop(0, 100, SIDE, 100), glasses.crop(0, 100, SIDE, 100));
  }

  @Test
  void oneHalfIsHiddenAndTheOtherIsNot() {
    Image half = Condition.HALF_HIDDEN.of(noise(), FACE, 1);
    assertEquals(1, colors(half, UPRIGHT.rightEye(), UPRIGHT.rightMouth()).size());
    assertEquals(noise().crop(0, 0, 100, SIDE), half.crop(0, 0, 100, SIDE));
  }

  /** However the head is held, a face is covered where it is. */
  @ParameterizedTest
  @CsvSource({"0", "25", "-40", "90"})
  void whatIsCoveredTurnsWithTheHead(double degrees) {
    Point[] points =
        UPRIGHT.points().stream()
            .map(
                p -> {
                  double angle = Math.toRadians(degrees);
                  double x = p.x() - 100;
                  double y = p.y() - 100;
                  return new Point(
                      (float) (100 + Math.cos(angle) * x - Math.sin(angle) * y),
                      (float) (100 + Math.sin(angle) * x + Math.cos(angle) * y));
                })
            .toArray(Point[]::new);
    Landmarks turned = new Landmarks(points[0], points[1], points[2], points[3], points[4]);
    Face face = new Face(FACE.box(), turned, 1);
    Image masked = Condition.MASKED.of(noise(), face, 1);
    assertEquals(1, colors(masked, points[2], points[3], points[4]).size());
    assertEquals(colors(noise(), points[0], points[1]), colors(masked, points[0], points[1]));
    assertEquals(1, colors(Condition.GLASSES.of(noise(), face, 1), points[0], points[1]).size());
  }

  @Test
  void aTiltedFaceHasItsPointsThirtyDegreesOn() {
    Image tilted = Condition.TILTED.of(drawn(UPRIGHT), FACE, 1);
    double angle = Math.toRadians(30);
    for (Point p : UPRIGHT.points()) {
      double x = p.x() - 100;
      double y = p.y() - 80;
      assertTrue(
          isWhite(
              tilted,
              100 + Math.cos(angle) * x - Math.sin(angle) * y,
              80 + Math.sin(angle) * x + Math.cos(angle) * y),
          p.toString());
    }
  }

  /** On a cylinder of 1.2 eye distances around the nose. */
  @Test
  void aTurnedFaceHasItsPointsOnACylinder() {
    Image turned = Condition.TURNED.of(drawn(UPRIGHT), FACE, 1);
    double radius = 1.2 * 40;
    for (Point p : UPRIGHT.points()) {
      double angle = Math.asin((p.x() - 100) / radius) + Math.toRadians(30);
      assertTrue(isWhite(turned, 100 + radius * Math.sin(angle), p.y()), p.toString());
    }
  }

  @Test
  void inTheDarkAFifthOfTheLightIsLeft() {
    byte[] rgb = new byte[3 * SIDE * SIDE];
    java.util.Arrays.fill(rgb, (byte) 200);
    byte[] dark = Condition.DARK.of(Image.ofRgb(SIDE, SIDE, rgb), FACE, 1).toRgb();
    double mean = IntStream.range(0, dark.length).map(i -> dark[i] & 0xFF).average().orElseThrow();
    double spread =
        Math.sqrt(
            IntStream.range(0, dark.length)
                .mapToDouble(i -> Math.pow((dark[i] & 0xFF) - mean, 2))
                .average()
                .orElseThrow());
    assertEquals(40, mean, 0.1);
    assertEquals(3, spread, 0.1);
  }

  /** What is finer than the grid that is left is gone; what is coarser stays. */
  @ParameterizedTest
  @CsvSource({"SMALL", "BLURRED"})
  void fineDetailIsLost(Condition condition) {
    assertTrue(contrast(condition.of(stripes(1), FACE, 1)) < 20, condition.label());
    assertTrue(contrast(condition.of(stripes(25), FACE, 1)) > 200, condition.label());
  }

  private static Image stripes(int width) {
    byte[] rgb = new byte[3 * SIDE * SIDE];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i / 3 % SIDE / width % 2 == 0 ? 255 : 0);
    }
    return Image.ofRgb(SIDE, SIDE, rgb);
  }

  private static int contrast(Image image) {
    int[] row = IntStream.range(20, SIDE - 20).map(x -> image.rgbAt(x, 100) & 0xFF).toArray();
    return IntStream.of(row).max().orElseThrow() - IntStream.of(row).min().orElseThrow();
  }
}
