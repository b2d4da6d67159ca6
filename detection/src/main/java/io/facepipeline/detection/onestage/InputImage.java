package io.facepipeline.detection.onestage;

import io.facepipeline.Image;
import io.facepipeline.ModelCard.ColorOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Writes a part of a photo into a network's input: resized as OpenCV's {@code resize} does with
 * {@code INTER_LINEAR}, in its fixed-point arithmetic, then scaled, as planes. Keeps its working
 * memory for the next photo. Not thread-safe.
 */
final class InputImage {
  private static final int CHANNELS = 3;

  /** Weights are multiples of 1/2048. */
  private static final int ONE = 1 << 11;

  private final float[][] values = new float[CHANNELS][256];
  private final int[] channels;

  private int[] columns = new int[0];
  private int[] weights = new int[0];
  private int[] upper = new int[0];
  private int[] lower = new int[0];
  private byte[] line = new byte[0];
  private float[] plane = new float[0];

  /**
   * @param order the order of the channels
   * @param mean what is subtracted from a byte, for all channels or for each
   * @param deviation the divisors of the difference, likewise
   */
  InputImage(ColorOrder order, List<Float> mean, List<Float> deviation) {
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
    int area = width * pass.inputHeight();
    if (plane.length < width) {
      plane = new float[width];
    }
    boolean isFullSize = pass.levelWidth() == image.width() && pass.levelHeight() == image.height();
    if (!isFullSize) {
      prepare(image, pass);
    }
    int rowBytes = CHANNELS * image.width();
    for (int y = 0; y < pass.height(); y++) {
      byte[] rgb = image.unsafeRgb();
      int from = (pass.top() + y) * rowBytes + CHANNELS * pass.left();
      if (!isFullSize) {
        resample(image, pass, pass.top() + y);
        rgb = line;
        from = 0;
      }
      for (int c = 0; c < CHANNELS; c++) {
        toPlane(rgb, from + channels[c], pass.width(), values[c]);
        Arrays.fill(plane, pass.width(), width, values[c][0]);
        input.put(c * area + y * width, plane, 0, width);
      }
    }
    for (int c = 0; c < CHANNELS; c++) {
      Arrays.fill(plane, 0, width, values[c][0]);
      for (int y = pass.height(); y < pass.inputHeight(); y++) {
        input.put(c * area + y * width, plane, 0, width);
      }
    }
  }

  private void toPlane(byte[] rgb, int from, int count, float[] table) {
    for (int x = 0, at = from; x < count; x++, at += CHANNELS) {
      plane[x] = table[rgb[at] & 0xff];
    }
  }

  /** Finds out which columns each column of the part is made of. */
  private void prepare(Image image, Pass pass) {
    int width = pass.width();
    if (columns.length < width) {
      columns = new int[width];
      weights = new int[width];
      upper = new int[CHANNELS * width];
      lower = new int[CHANNELS * width];
      line = new byte[CHANNELS * width];
    }
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
    across(image, Math.max(0, row), pass.width(), upper);
    across(image, Math.min(image.height() - 1, row + 1), pass.width(), lower);
    int other = ONE - weight;
    for (int i = 0; i < CHANNELS * pass.width(); i++) {
      int sum = ((other * (upper[i] >> 4)) >> 16) + ((weight * (lower[i] >> 4)) >> 16);
      line[i] = (byte) ((sum + 2) >> 2);
    }
  }

  private void across(Image image, int row, int width, int[] sums) {
    byte[] rgb = image.unsafeRgb();
    int start = CHANNELS * image.width() * row;
    int last = CHANNELS * (image.width() - 1);
    for (int x = 0; x < width; x++) {
      int at = start + columns[x];
      int next = columns[x] < last ? at + CHANNELS : at;
      int weight = weights[x];
      int other = ONE - weight;
      for (int c = 0; c < CHANNELS; c++) {
        sums[CHANNELS * x + c] = other * (rgb[at + c] & 0xff) + weight * (rgb[next + c] & 0xff);
      }
    }
  }
}
