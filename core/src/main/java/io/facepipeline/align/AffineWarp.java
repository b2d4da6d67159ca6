package io.facepipeline.align;

import io.facepipeline.Image;
import java.nio.ByteBuffer;

/**
 * Samples an image bilinearly through an affine map, with the arithmetic of OpenCV's {@code
 * warpAffine}: source positions to 1/32 pixel, integer weights, zero outside. The models were
 * trained on crops that were made so.
 */
final class AffineWarp {
  /** Positions are counted in 1/1024 pixel and rounded to 1/32. */
  private static final int FIXED_BITS = 10;

  private static final int STEP_BITS = 5;
  private static final int STEPS = 1 << STEP_BITS;
  private static final int ROUND = 1 << (FIXED_BITS - STEP_BITS - 1);

  private AffineWarp() {}

  /**
   * Writes the warped image.
   *
   * @param toCrop the map from image to crop
   */
  static void warp(Image image, AffineMatrix toCrop, int width, int height, ByteBuffer rgb) {
    AffineMatrix m = toCrop.inverse();
    byte[] source = image.unsafeRgb();
    int w = image.width();
    int h = image.height();
    double one = 1 << FIXED_BITS;
    for (int y = 0; y < height; y++) {
      long rowX = Math.round((m.b() * y + m.tx()) * one) + ROUND;
      long rowY = Math.round((m.d() * y + m.ty()) * one) + ROUND;
      for (int x = 0; x < width; x++) {
        long fx = (rowX + Math.round(m.a() * x * one)) >> (FIXED_BITS - STEP_BITS);
        long fy = (rowY + Math.round(m.c() * x * one)) >> (FIXED_BITS - STEP_BITS);
        long sx = fx >> STEP_BITS;
        long sy = fy >> STEP_BITS;
        int ax = (int) (fx & (STEPS - 1));
        int ay = (int) (fy & (STEPS - 1));
        if (sx >= 0 && sy >= 0 && sx < w - 1 && sy < h - 1) {
          inside(source, (int) ((sy * w + sx) * 3), w * 3, ax, ay, rgb);
        } else if (sx >= -1 && sy >= -1 && sx < w && sy < h) {
          edge(source, w, h, (int) sx, (int) sy, ax, ay, rgb);
        } else {
          rgb.put((byte) 0).put((byte) 0).put((byte) 0);
        }
      }
    }
  }

  private static void inside(byte[] s, int i, int stride, int ax, int ay, ByteBuffer rgb) {
    int w00 = (STEPS - ax) * (STEPS - ay);
    int w01 = ax * (STEPS - ay);
    int w10 = (STEPS - ax) * ay;
    int w11 = ax * ay;
    int j = i + stride;
    int half = STEPS * STEPS / 2;
    for (int c = 0; c < 3; c++) {
      int v =
          (s[i + c] & 0xff) * w00
              + (s[i + 3 + c] & 0xff) * w01
              + (s[j + c] & 0xff) * w10
              + (s[j + 3 + c] & 0xff) * w11;
      rgb.put((byte) ((v + half) >> (2 * STEP_BITS)));
    }
  }

  private static void edge(byte[] s, int w, int h, int sx, int sy, int ax, int ay, ByteBuffer rgb) {
    int half = STEPS * STEPS / 2;
    for (int c = 0; c < 3; c++) {
      int v = 0;
      for (int dy = 0; dy <= 1; dy++) {
        for (int dx = 0; dx <= 1; dx++) {
          int px = sx + dx;
          int py = sy + dy;
          if (px >= 0 && py >= 0 && px < w && py < h) {
            int weight = (dx == 0 ? STEPS - ax : ax) * (dy == 0 ? STEPS - ay : ay);
            v += (s[(int) (((long) py * w + px) * 3) + c] & 0xff) * weight;
          }
        }
      }
      rgb.put((byte) ((v + half) >> (2 * STEP_BITS)));
    }
  }
}
