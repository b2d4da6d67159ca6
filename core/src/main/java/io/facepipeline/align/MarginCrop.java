package io.facepipeline.align;

import io.facepipeline.AlignmentException;
import io.facepipeline.Box;
import io.facepipeline.Image;
import java.nio.ByteBuffer;

/**
 * The detector's box with a margin, resized with a triangle filter in the arithmetic of Pillow's
 * BILINEAR: as wide as the shrinking asks for, first along the rows, then along the columns,
 * rounded to bytes after each.
 */
public final class MarginCrop {
  private static final int PRECISION_BITS = 22;

  private MarginCrop() {}

  public static void cut(Image image, Box box, int margin, int width, int height, ByteBuffer rgb) {
    Part part = part(image, box, margin, width, height);
    int left = part.left();
    int top = part.top();
    int right = part.right();
    int bottom = part.bottom();
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

  /** The part of the photo that is resized, its borders between pixels. */
  private record Part(int left, int top, int right, int bottom) {}

  private static Part part(Image image, Box box, int margin, int width, int height) {
    float marginX = margin * box.width() / (width - margin);
    float marginY = margin * box.height() / (height - margin);
    int left = (int) Math.max(box.x1() - marginX / 2, 0);
    int top = (int) Math.max(box.y1() - marginY / 2, 0);
    int right = (int) Math.min(box.x2() + marginX / 2, image.width());
    int bottom = (int) Math.min(box.y2() + marginY / 2, image.height());
    if (right <= left || bottom <= top) {
      throw new AlignmentException(
          "the box " + box + " has no pixel inside the " + image + ", so no crop can be cut");
    }
    return new Part(left, top, right, bottom);
  }

  /** The map from the crop to the photo. */
  static AffineMatrix toPhoto(Image image, Box box, int margin, int width, int height) {
    Part part = part(image, box, margin, width, height);
    double stepX = (double) (part.right() - part.left()) / width;
    double stepY = (double) (part.bottom() - part.top()) / height;
    return new AffineMatrix(
        stepX, 0, part.left() + stepX / 2 - 0.5, 0, stepY, part.top() + stepY / 2 - 0.5);
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
