package io.facepipeline.align;

import io.facepipeline.Box;
import io.facepipeline.Image;
import java.nio.ByteBuffer;

/** The crops pixel by pixel and channel by channel, as the formulas say. */
final class PlainCrops {
  private static final int PRECISION_BITS = 22;

  /** Positions are counted in 1/1024 pixel and rounded to 1/32. */
  private static final int FIXED_BITS = 10;

  private static final int STEP_BITS = 5;
  private static final int STEPS = 1 << STEP_BITS;
  private static final int ROUND = 1 << (FIXED_BITS - STEP_BITS - 1);

  private PlainCrops() {}

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

  static void cut(Image image, Box box, int margin, int width, int height, ByteBuffer rgb) {
    float marginX = margin * box.width() / (width - margin);
    float marginY = margin * box.height() / (height - margin);
    int left = (int) Math.max(box.x1() - marginX / 2, 0);
    int top = (int) Math.max(box.y1() - marginY / 2, 0);
    int right = (int) Math.min(box.x2() + marginX / 2, image.width());
    int bottom = (int) Math.min(box.y2() + marginY / 2, image.height());
    Filter columns = Filter.of(right - left, width);
    Filter rows = Filter.of(bottom - top, height);
    byte[] source = image.unsafeRgb();
    int sourceStride = image.width() * 3;
    byte[] narrow = new byte[(bottom - top) * width * 3];
    for (int y = 0; y < bottom - top; y++) {
      int start = (top + y) * sourceStride + left * 3;
      int target = y * width * 3;
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
          narrow[target++] = columns.apply(source, start + c, 3, x);
        }
      }
    }
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width * 3; x++) {
        rgb.put(rows.apply(narrow, x, width * 3, y));
      }
    }
  }

  /**
   * The weights of a triangle filter along one axis: for each output the first input and
   * fixed-point weights.
   */
  private static final class Filter {
    private final int[] first;
    private final int[][] weights;

    Filter(int[] first, int[][] weights) {
      this.first = first;
      this.weights = weights;
    }

    static Filter of(int inputs, int outputs) {
      double scale = (double) inputs / outputs;
      double support = Math.max(scale, 1);
      int[] first = new int[outputs];
      int[][] weights = new int[outputs][];
      for (int i = 0; i < outputs; i++) {
        double center = (i + 0.5) * scale;
        int from = (int) Math.max(center - support + 0.5, 0);
        int to = (int) Math.min(center + support + 0.5, inputs);
        double[] w = new double[to - from];
        double sum = 0;
        for (int k = 0; k < w.length; k++) {
          w[k] = Math.max(0, 1 - Math.abs((k + from - center + 0.5) / support));
          sum += w[k];
        }
        first[i] = from;
        weights[i] = new int[w.length];
        for (int k = 0; k < w.length; k++) {
          weights[i][k] = (int) (0.5 + w[k] / sum * (1 << PRECISION_BITS));
        }
      }
      return new Filter(first, weights);
    }

    byte apply(byte[] source, int start, int step, int output) {
      int sum = 1 << (PRECISION_BITS - 1);
      int at = start + first[output] * step;
      for (int weight : weights[output]) {
        sum += (source[at] & 0xff) * weight;
        at += step;
      }
      return (byte) Math.min(255, sum >> PRECISION_BITS);
    }
  }
}
