package io.facepipeline.detection.onestage;

import io.facepipeline.Image;
import io.facepipeline.ModelCard.ColorOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Writes a part of a photo into a network's input: resized as OpenCV's {@code resize} does with
 * {@code INTER_LINEAR}, in its fixed-point arithmetic, then scaled, as planes or as one plane of
 * their rows in turn. Keeps its working memory for the next photo. Not thread-safe.
 */
final class InputImage {
  private static final int CHANNELS = 3;

  /** Weights are multiples of 1/2048. */
  private static final int ONE = 1 << 11;

  private final float[][] values = new float[CHANNELS][256];
  private final int[] channels;
  private final boolean interleaved;

  private int[] columns = new int[0];
  private int[] nextColumns = new int[0];
  private int[] weights = new int[0];
  private int[] mixed = new int[0];
  private Row upper = new Row();
  private Row lower = new Row();
  private final float[][] planes = new float[CHANNELS][0];

  /** A row of the photo, resampled across, in sixteenths of its weights' unit. */
  private static final class Row {
    private final int[][] sums = new int[CHANNELS][0];
    private int number = -1;

    private void clear(int width) {
      number = -1;
      for (int c = 0; c < CHANNELS; c++) {
        if (sums[c].length < width) {
          sums[c] = new int[width];
        }
      }
    }
  }

  /**
   * @param order the order of the channels
   * @param mean what is subtracted from a byte, for all channels or for each
   * @param deviation the divisors of the difference, likewise
   * @param interleaved whether the rows of all channels take turns
   */
  InputImage(ColorOrder order, List<Float> mean, List<Float> deviation, boolean interleaved) {
    this.interleaved = interleaved;
    channels = order == ColorOrder.BGR ? new int[] {2, 1, 0} : new int[] {0, 1, 2};
    for (int c = 0; c < CHANNELS; c++) {
      float shift = mean.get(mean.size() == 1 ? 0 : c);
      float factor = 1 / deviation.get(deviation.size() == 1 ? 0 : c);
      for (int v = 0; v < values[c].length; v++) {
        values[c][v] = (v - shift) * factor;
      }
    }
  }

  /**
   * Fills an input.
   *
   * @param image the photo
   * @param pass the part
   * @param input room for three planes of the input's size
   */
  void fill(Image image, Pass pass, FloatBuffer input) {
    int width = pass.inputWidth();
    for (int c = 0; c < CHANNELS; c++) {
      if (planes[c].length < width) {
        planes[c] = new float[width];
      }
      Arrays.fill(planes[c], pass.width(), width, values[c][0]);
    }
    boolean isFullSize = pass.levelWidth() == image.width() && pass.levelHeight() == image.height();
    if (!isFullSize) {
      prepare(image, pass);
    }
    for (int y = 0; y < pass.height(); y++) {
      if (isFullSize) {
        copy(image, pass, pass.top() + y);
      } else {
        resample(image, pass, pass.top() + y);
      }
      put(input, y, pass);
    }
    for (int c = 0; c < CHANNELS; c++) {
      Arrays.fill(planes[c], 0, pass.width(), values[c][0]);
    }
    for (int y = pass.height(); y < pass.inputHeight(); y++) {
      put(input, y, pass);
    }
  }

  private void put(FloatBuffer input, int y, Pass pass) {
    for (int c = 0; c < CHANNELS; c++) {
      int row = interleaved ? CHANNELS * y + c : c * pass.inputHeight() + y;
      input.put(row * pass.inputWidth(), planes[c], 0, pass.inputWidth());
    }
  }

  private void copy(Image image, Pass pass, int row) {
    int start = CHANNELS * (row * image.width() + pass.left());
    for (int c = 0; c < CHANNELS; c++) {
      look(image.unsafeRgb(), start + channels[c], pass.width(), values[c], planes[c]);
    }
  }

  private static void look(byte[] rgb, int from, int count, float[] table, float[] plane) {
    for (int x = 0, at = from; x < count; x++, at += CHANNELS) {
      plane[x] = table[rgb[at] & 0xff];
    }
  }

  /** Finds out which columns each column of the part is made of. */
  private void prepare(Image image, Pass pass) {
    int width = pass.width();
    if (columns.length < width) {
      columns = new int[width];
      nextColumns = new int[width];
      weights = new int[width];
      mixed = new int[width];
    }
    upper.clear(width);
    lower.clear(width);
    double scale = (double) image.width() / pass.levelWidth();
    for (int x = 0; x < width; x++) {
      float at = (float) ((pass.left() + x + 0.5) * scale - 0.5);
      int column = (int) Math.floor(at);
      float share = at - column;
      if (column < 0 || column >= image.width() - 1) {
        column = column < 0 ? 0 : image.width() - 1;
        share = 0;
      }
      columns[x] = CHANNELS * column;
      nextColumns[x] = CHANNELS * Math.min(column + 1, image.width() - 1);
      weights[x] = weight(share);
    }
  }

  private static int weight(float share) {
    return (int) Math.rint(share * ONE);
  }

  private void resample(Image image, Pass pass, int levelRow) {
    double scale = (double) image.height() / pass.levelHeight();
    float at = (float) ((levelRow + 0.5) * scale - 0.5);
    int row = (int) Math.floor(at);
    int weight = weight(at - row);
    int first = Math.max(0, row);
    int second = Math.min(image.height() - 1, row + 1);
    if (lower.number == first) {
      // Where the photo is shrunk by little, the row below becomes the row above.
      Row below = lower;
      lower = upper;
      upper = below;
    }
    across(image, first, pass.width(), upper);
    across(image, second, pass.width(), lower);
    for (int c = 0; c < CHANNELS; c++) {
      int from = channels[c];
      mix(upper.sums[from], lower.sums[from], weight, mixed, pass.width());
      look(mixed, pass.width(), values[c], planes[c]);
    }
  }

  private void across(Image image, int number, int width, Row row) {
    if (row.number != number) {
      row.number = number;
      int start = CHANNELS * image.width() * number;
      across(image.unsafeRgb(), start, width, columns, nextColumns, weights, row.sums);
    }
  }

  /** Parameters instead of fields: the compiler then knows that no store changes them. */
  private static void across(
      byte[] rgb, int start, int width, int[] columns, int[] next, int[] weights, int[][] sums) {
    int[] first = sums[0];
    int[] second = sums[1];
    int[] third = sums[2];
    for (int x = 0; x < width; x++) {
      int at = start + columns[x];
      int to = start + next[x];
      int weight = weights[x];
      int other = ONE - weight;
      first[x] = (other * (rgb[at] & 0xff) + weight * (rgb[to] & 0xff)) >> 4;
      second[x] = (other * (rgb[at + 1] & 0xff) + weight * (rgb[to + 1] & 0xff)) >> 4;
      third[x] = (other * (rgb[at + 2] & 0xff) + weight * (rgb[to + 2] & 0xff)) >> 4;
    }
  }

  /** Whole numbers alone, so that the compiler takes several at once. */
  private static void mix(int[] upper, int[] lower, int weight, int[] mixed, int width) {
    int other = ONE - weight;
    for (int x = 0; x < width; x++) {
      mixed[x] = (((other * upper[x]) >> 16) + ((weight * lower[x]) >> 16) + 2) >> 2;
    }
  }

  private static void look(int[] mixed, int width, float[] table, float[] plane) {
    for (int x = 0; x < width; x++) {
      plane[x] = table[mixed[x] & 0xff];
    }
  }
}
