package io.facepipeline.align;

import io.facepipeline.AlignmentException;
import io.facepipeline.Box;
import io.facepipeline.Image;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The detector's box with a margin, resized with a triangle filter in the arithmetic of Pillow's
 * BILINEAR: as wide as the shrinking asks for, first along the rows, then along the columns,
 * rounded to bytes after each.
 */
public final class MarginCrop {
  private static final int PRECISION_BITS = 22;
  private static final int HALF = 1 << (PRECISION_BITS - 1);

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
    // Rows that were made narrow stay until the last crop row that needs them.
    int[][] narrow = new int[rows.taps][width * 3];
    int done = 0;
    int[] sums = new int[width * 3];
    byte[] row = new byte[width * 3];
    for (int y = 0; y < height; y++) {
      int first = rows.first[y];
      for (done = Math.max(done, first); done < first + rows.taps; done++) {
        int start = ((top + done) * image.width() + left) * 3;
        columns.alongRow(source, start, narrow[done % rows.taps]);
      }
      Arrays.fill(sums, HALF);
      for (int k = 0; k < rows.taps; k++) {
        add(sums, narrow[(first + k) % rows.taps], rows.weights[y * rows.taps + k]);
      }
      toLevels(sums);
      for (int i = 0; i < row.length; i++) {
        row[i] = (byte) sums[i];
      }
      rgb.put(row);
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

  private static void add(int[] sums, int[] row, int weight) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += row[i] * weight;
    }
  }

  private static void toLevels(int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] = level(sums[i]);
    }
  }

  private static int level(int sum) {
    return Math.min(255, sum >> PRECISION_BITS);
  }

  /**
   * The weights of a triangle filter along one axis: for each output the first input and as many
   * fixed-point weights as any output needs, the others zero.
   */
  private static final class Filter {
    private final int taps;
    private final int[] first;
    private final int[] weights;

    Filter(int taps, int[] first, int[] weights) {
      this.taps = taps;
      this.first = first;
      this.weights = weights;
    }

    static Filter of(int inputs, int outputs) {
      double scale = (double) inputs / outputs;
      double support = Math.max(scale, 1);
      int taps = 0;
      for (int i = 0; i < outputs; i++) {
        double center = (i + 0.5) * scale;
        taps = Math.max(taps, end(center, support, inputs) - start(center, support));
      }
      int[] first = new int[outputs];
      int[] weights = new int[outputs * taps];
      for (int i = 0; i < outputs; i++) {
        double center = (i + 0.5) * scale;
        int from = start(center, support);
        double[] w = new double[end(center, support, inputs) - from];
        double sum = 0;
        for (int k = 0; k < w.length; k++) {
          w[k] = Math.max(0, 1 - Math.abs((k + from - center + 0.5) / support));
          sum += w[k];
        }
        first[i] = Math.min(from, inputs - taps);
        for (int k = 0; k < w.length; k++) {
          weights[i * taps + from - first[i] + k] =
              (int) (0.5 + w[k] / sum * (1 << PRECISION_BITS));
        }
      }
      return new Filter(taps, first, weights);
    }

    private static int start(double center, double support) {
      return (int) Math.max(center - support + 0.5, 0);
    }

    private static int end(double center, double support, int inputs) {
      return (int) Math.min(center + support + 0.5, inputs);
    }

    /** Resizes one row of red, green and blue. */
    void alongRow(byte[] source, int start, int[] target) {
      if (taps == 2) {
        twoAlongRow(source, start, target);
        return;
      }
      for (int x = 0; x < first.length; x++) {
        int at = start + first[x] * 3;
        int red = HALF;
        int green = HALF;
        int blue = HALF;
        for (int k = x * taps; k < (x + 1) * taps; k++) {
          int weight = weights[k];
          red += (source[at] & 0xff) * weight;
          green += (source[at + 1] & 0xff) * weight;
          blue += (source[at + 2] & 0xff) * weight;
          at += 3;
        }
        target[3 * x] = level(red);
        target[3 * x + 1] = level(green);
        target[3 * x + 2] = level(blue);
      }
    }

    /** Enlarging needs two: a loop over them would take longer than what it does. */
    private void twoAlongRow(byte[] source, int start, int[] target) {
      for (int x = 0; x < first.length; x++) {
        int at = start + first[x] * 3;
        int one = weights[2 * x];
        int two = weights[2 * x + 1];
        for (int c = 0; c < 3; c++) {
          int sum = (source[at + c] & 0xff) * one + (source[at + 3 + c] & 0xff) * two;
          target[3 * x + c] = level(HALF + sum);
        }
      }
    }
  }
}
