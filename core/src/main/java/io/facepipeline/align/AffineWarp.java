package io.facepipeline.align;

import io.facepipeline.Image;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Samples an image bilinearly through an affine map, with the arithmetic of OpenCV's {@code
 * warpAffine}: source positions to 1/32 pixel, integer weights, zero outside. The models were
 * trained on crops that were made so.
 *
 * <p>Some hundred pixels at a time: the four neighbors of each are gathered, and all the rest is
 * done in short loops over arrays, each with one operation. HotSpot turns those into vector
 * instructions; a loop that does more at once often stays as it is.
 */
final class AffineWarp {
  /** Positions are counted in 1/1024 pixel and rounded to 1/32. */
  private static final int FIXED_BITS = 10;

  private static final int STEP_BITS = 5;
  private static final int STEPS = 1 << STEP_BITS;
  private static final int ROUND = 1 << (FIXED_BITS - STEP_BITS - 1);
  private static final int HALF = STEPS * STEPS / 2;

  /** So many pixels fit the nearest cache with all that is kept of them. */
  private static final int CHUNK = 512;

  /** Positions in photos that are smaller fit an integer. */
  private static final int MAX_SIDE = Integer.MAX_VALUE >> FIXED_BITS;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] source;
  private final int w;
  private final int h;
  private final long[] stepX;
  private final long[] stepY;

  /** The same steps; of what is too large, the bits that say how far it is from a pixel. */
  private final int[] columnX;

  private final int[] columnY;

  /** Positions of the chunk's pixels. */
  private final int[] x;

  private final int[] y;

  /** Where the pixel to the left and above begins, if it is there. */
  private final int[] first;

  /** How far they are from the pixel to the left and above, and to the right and below. */
  private final int[] right;

  private final int[] below;
  private final int[] left;
  private final int[] above;

  /** The neighbors above left, above right, below left and below right: blue, green, red. */
  private final int[] p00;

  private final int[] p01;
  private final int[] p10;
  private final int[] p11;

  /** Their weights. */
  private final int[] w00;

  private final int[] w01;
  private final int[] w10;
  private final int[] w11;

  private final int[] level;
  private final int[] pixels;

  private AffineWarp(Image image, AffineMatrix m, int width, int rows) {
    source = image.unsafeRgb();
    w = image.width();
    h = image.height();
    stepX = new long[width];
    stepY = new long[width];
    columnX = new int[width];
    columnY = new int[width];
    for (int i = 0; i < width; i++) {
      stepX[i] = Math.round(m.a() * i * (1 << FIXED_BITS));
      stepY[i] = Math.round(m.c() * i * (1 << FIXED_BITS));
      columnX[i] = (int) stepX[i];
      columnY[i] = (int) stepY[i];
    }
    int chunk = width * rows;
    x = new int[chunk];
    y = new int[chunk];
    first = new int[chunk];
    right = new int[chunk];
    below = new int[chunk];
    left = new int[chunk];
    above = new int[chunk];
    p00 = new int[chunk];
    p01 = new int[chunk];
    p10 = new int[chunk];
    p11 = new int[chunk];
    w00 = new int[chunk];
    w01 = new int[chunk];
    w10 = new int[chunk];
    w11 = new int[chunk];
    level = new int[chunk];
    pixels = new int[chunk];
  }

  /**
   * Writes the warped image.
   *
   * @param toCrop the map from image to crop
   */
  static void warp(Image image, AffineMatrix toCrop, int width, int height, ByteBuffer rgb) {
    AffineMatrix m = toCrop.inverse();
    int rows = Math.max(1, Math.min(height, CHUNK / width));
    AffineWarp warp = new AffineWarp(image, m, width, rows);
    long[] fromX = new long[rows];
    long[] fromY = new long[rows];
    // One more, so that a pixel can be written as an integer.
    byte[] crop = new byte[rows * width * 3 + 1];
    for (int top = 0; top < height; top += rows) {
      int count = Math.min(rows, height - top);
      for (int i = 0; i < count; i++) {
        fromX[i] = Math.round((m.b() * (top + i) + m.tx()) * (1 << FIXED_BITS)) + ROUND;
        fromY[i] = Math.round((m.d() * (top + i) + m.ty()) * (1 << FIXED_BITS)) + ROUND;
      }
      warp.gather(fromX, fromY, count);
      warp.blend(crop);
      rgb.put(crop, 0, count * width * 3);
    }
  }

  /** Collects what some rows of the crop are made of. */
  private void gather(long[] fromX, long[] fromY, int rows) {
    int width = stepX.length;
    for (int i = 0; i < rows; i++) {
      move(x, i * width, columnX, (int) fromX[i]);
      move(y, i * width, columnY, (int) fromY[i]);
    }
    part(right, x);
    part(below, y);
    index(first, x, y, w);
    for (int i = 0; i < rows; i++) {
      if (isInside(fromX[i], fromY[i])) {
        gatherInside(i * width, (i + 1) * width);
      } else {
        for (int k = 0; k < width; k++) {
          long left = (fromX[i] + stepX[k]) >> FIXED_BITS;
          long top = (fromY[i] + stepY[k]) >> FIXED_BITS;
          p00[i * width + k] = pixel(left, top);
          p01[i * width + k] = pixel(left + 1, top);
          p10[i * width + k] = pixel(left, top + 1);
          p11[i * width + k] = pixel(left + 1, top + 1);
        }
      }
    }
  }

  /** Whether a row of the crop has four pixels around each position: if its two ends have. */
  private boolean isInside(long fromX, long fromY) {
    int last = stepX.length - 1;
    return w <= MAX_SIDE
        && h <= MAX_SIDE
        && isInside(fromX + stepX[0], w)
        && isInside(fromY + stepY[0], h)
        && isInside(fromX + stepX[last], w)
        && isInside(fromY + stepY[last], h);
  }

  private static boolean isInside(long fixed, int size) {
    return fixed >= 0 && fixed >> FIXED_BITS < size - 1;
  }

  private void gatherInside(int from, int to) {
    int stride = w * 3;
    for (int k = from; k < to; k++) {
      int i = first[k];
      int j = i + stride;
      p00[k] = (int) INT.get(source, i);
      p01[k] = (int) INT.get(source, i + 2) >> 8;
      p10[k] = (int) INT.get(source, j);
      p11[k] = (int) INT.get(source, j + 2) >> 8;
    }
  }

  private int pixel(long x, long y) {
    if (x < 0 || y < 0 || x >= w || y >= h) {
      return 0;
    }
    int i = ((int) y * w + (int) x) * 3;
    return (source[i] & 0xff) | (source[i + 1] & 0xff) << 8 | (source[i + 2] & 0xff) << 16;
  }

  private void blend(byte[] crop) {
    rest(left, right);
    rest(above, below);
    multiply(w00, left, above);
    multiply(w01, right, above);
    multiply(w10, left, below);
    multiply(w11, right, below);
    Arrays.fill(pixels, 0);
    for (int shift = 0; shift < 24; shift += 8) {
      Arrays.fill(level, HALF);
      add(level, p00, w00, shift);
      add(level, p01, w01, shift);
      add(level, p10, w10, shift);
      add(level, p11, w11, shift);
      join(pixels, level, shift);
    }
    for (int k = 0; k < pixels.length; k++) {
      INT.set(crop, k * 3, pixels[k]);
    }
  }

  private static void move(int[] to, int at, int[] steps, int from) {
    System.arraycopy(steps, 0, to, at, steps.length);
    for (int k = at; k < at + steps.length; k++) {
      to[k] += from;
    }
  }

  private static void index(int[] to, int[] x, int[] y, int w) {
    for (int k = 0; k < to.length; k++) {
      to[k] = ((y[k] >> FIXED_BITS) * w + (x[k] >> FIXED_BITS)) * 3;
    }
  }

  private static void part(int[] to, int[] fixed) {
    for (int k = 0; k < to.length; k++) {
      to[k] = (fixed[k] >> (FIXED_BITS - STEP_BITS)) & (STEPS - 1);
    }
  }

  private static void rest(int[] to, int[] part) {
    for (int k = 0; k < to.length; k++) {
      to[k] = STEPS - part[k];
    }
  }

  private static void multiply(int[] to, int[] a, int[] b) {
    for (int k = 0; k < to.length; k++) {
      to[k] = a[k] * b[k];
    }
  }

  private static void add(int[] to, int[] pixel, int[] weight, int shift) {
    for (int k = 0; k < to.length; k++) {
      to[k] += ((pixel[k] >> shift) & 0xff) * weight[k];
    }
  }

  private static void join(int[] to, int[] level, int shift) {
    for (int k = 0; k < to.length; k++) {
      to[k] |= (level[k] >> (2 * STEP_BITS)) << shift;
    }
  }
}
