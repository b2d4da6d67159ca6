package io.facepipeline.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Image;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Warping against the textbook's bilinear interpolation, in doubles, zero outside. */
class AffineWarpTest {
  private static final int WIDTH = 40;
  private static final int HEIGHT = 30;

  /** Positions are rounded to 1/32 pixel, after a rounding to 1/1024 of each part. */
  private static final double POSITION_ERROR = 1.0 / 64 + 2.0 / 1024;

  private static Image noise() {
    byte[] rgb = new byte[WIDTH * HEIGHT * 3];
    new Random(3).nextBytes(rgb);
    return Image.ofRgb(WIDTH, HEIGHT, rgb);
  }

  /** Levels rise by 3 a column and 2 a row, in each channel from another start. */
  private static Image slope() {
    byte[] rgb = new byte[WIDTH * HEIGHT * 3];
    for (int i = 0; i < rgb.length; i++) {
      int x = i / 3 % WIDTH;
      int y = i / 3 / WIDTH;
      rgb[i] = (byte) (3 * x + 2 * y + 20 * (i % 3));
    }
    return Image.ofRgb(WIDTH, HEIGHT, rgb);
  }

  /** Where each pixel of the crop lies in the photo; none of it needs rounding to 1/32. */
  private static final List<AffineMatrix> EXACT =
      List.of(
          new AffineMatrix(1, 0, 0, 0, 1, 0),
          new AffineMatrix(1, 0, -3.5, 0, 1, 4.25),
          new AffineMatrix(0.5, 0, 2, 0, 0.5, 3),
          new AffineMatrix(0.75, -0.25, 9.03125, 0.25, 0.75, -1.5),
          new AffineMatrix(-1, 0, 39, 0, 1, 0),
          new AffineMatrix(0, 2, -8, -2, 0, 50.96875),
          new AffineMatrix(0.03125, 0.96875, 1, -0.96875, 0.03125, 30));

  @Test
  void positionsThatNeedNoRoundingGiveTheBilinearValue() {
    Image photo = noise();
    int inside = 0;
    for (AffineMatrix toPhoto : EXACT) {
      byte[] crop = warp(photo, toPhoto.inverse(), 33, 27);
      for (int y = 0; y < 27; y++) {
        for (int x = 0; x < 33; x++) {
          for (int c = 0; c < 3; c++) {
            double value = bilinear(photo, toPhoto.mapX(x, y), toPhoto.mapY(x, y), c);
            assertEquals(
                (int) Math.floor(value + 0.5),
                crop[(y * 33 + x) * 3 + c] & 0xff,
                toPhoto + " at " + x + "," + y);
            inside += value > 0 ? 1 : 0;
          }
        }
      }
    }
    assertTrue(inside > 8000, inside + " values are not black");
  }

  @Test
  void anyMapGivesTheBilinearValueToThePositionsRounding() {
    Image photo = slope();
    Random random = new Random(11);
    double sum = 0;
    int count = 0;
    for (int round = 0; round < 50; round++) {
      double angle = random.nextDouble() - 0.5;
      double scale = 0.3 + random.nextDouble();
      AffineMatrix toCrop =
          new AffineMatrix(
              scale * Math.cos(angle),
              scale * Math.sin(angle),
              6 * random.nextDouble(),
              -scale * Math.sin(angle),
              scale * Math.cos(angle),
              6 * random.nextDouble());
      AffineMatrix toPhoto = toCrop.inverse();
      byte[] crop = warp(photo, toCrop, 24, 24);
      for (int i = 0; i < crop.length; i++) {
        int x = i / 3 % 24;
        int y = i / 3 / 24;
        double u = toPhoto.mapX(x, y);
        double v = toPhoto.mapY(x, y);
        if (u > 0.1 && v > 0.1 && u < WIDTH - 1.1 && v < HEIGHT - 1.1) {
          double difference = (crop[i] & 0xff) - (3 * u + 2 * v + 20 * (i % 3));
          assertEquals(0, difference, 0.5 + 5 * POSITION_ERROR, toCrop + " at " + i);
          sum += difference;
          count++;
        }
      }
    }
    assertTrue(count > 20_000, count + " values lie inside");
    // Levels come in steps of 1/32 and halves are rounded up: by half a step on average.
    assertEquals(1.0 / 64, sum / count, 0.01, "the mean difference in levels");
  }

  private static byte[] warp(Image photo, AffineMatrix toCrop, int width, int height) {
    byte[] rgb = new byte[width * height * 3];
    ByteBuffer buffer = ByteBuffer.wrap(rgb);
    AffineWarp.warp(photo, toCrop, width, height, buffer);
    assertEquals(rgb.length, buffer.position());
    return rgb;
  }

  private static double bilinear(Image photo, double x, double y, int channel) {
    int left = (int) Math.floor(x);
    int top = (int) Math.floor(y);
    double sum = 0;
    for (int v = top; v <= top + 1; v++) {
      for (int u = left; u <= left + 1; u++) {
        if (u >= 0 && v >= 0 && u < photo.width() && v < photo.height()) {
          int level = photo.rgbAt(u, v) >> (16 - 8 * channel) & 0xff;
          sum += level * (1 - Math.abs(x - u)) * (1 - Math.abs(y - v));
        }
      }
    }
    return sum;
  }
}
