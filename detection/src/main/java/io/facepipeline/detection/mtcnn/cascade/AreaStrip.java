package io.facepipeline.detection.mtcnn.cascade;

import io.facepipeline.Image;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Resamples a part of an image as torch's {@code interpolate(mode="area")} does: each output pixel
 * is the mean of the source pixels from floor(i * in / out) to ceil((i + 1) * in / out), so that
 * neighbors may share a source pixel. The bytes of a column are added eight at a time, in 16-bit
 * lanes. These sums are added up along the row: a cell is then the difference of two of them,
 * however wide it is. The scratch memory grows to the widest image it has seen. Not thread-safe.
 */
final class AreaStrip {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long EVEN_BYTES = 0x00ff00ff00ff00ffL;

  /** More rows of 255 than this overflow a 16-bit lane. */
  private static final int MAX_LANE_ROWS = 256;

  private long[] even = new long[0];
  private long[] odd = new long[0];

  /** The sum of each byte column; then, of a pixel's channel, the sum up to it. Begins with 0. */
  private int[] sums = new int[0];

  private int[] firstColumn = new int[0];
  private int[] endColumn = new int[0];
  private float[] columns = new float[0];
  private int[] cells = new int[0];
  private float[] row = new float[0];

  /**
   * Resamples some rows of a part of an image, as planes of red, green and blue, 0 to 255.
   *
   * @param left first column of the part, {@code right} the first behind it; likewise top and
   *     bottom
   * @param width columns of the whole resampled part
   * @param height rows of the whole resampled part
   * @param from first of its rows that is wanted
   * @param rows how many are wanted
   * @param target where the planes go
   * @param offset index of the first number
   */
  void resample(
      Image image,
      int left,
      int top,
      int right,
      int bottom,
      int width,
      int height,
      int from,
      int rows,
      FloatBuffer target,
      int offset) {
    byte[] rgb = image.unsafeRgb();
    int stride = image.width() * 3;
    int bytes = (right - left) * 3;
    prepare(bytes, right - left, width);
    long sourceHeight = (long) bottom - top;
    int plane = width * rows;
    for (int y = 0; y < rows; y++) {
      long level = (long) from + y;
      int y0 = top + (int) (level * sourceHeight / height);
      int y1 = top + (int) (((level + 1) * sourceHeight + height - 1) / height);
      addRows(rgb, y0 * stride + left * 3, stride, y1 - y0, bytes);
      shareOut(bytes, width, y1 - y0, target, offset + y * width, plane);
    }
  }

  private void prepare(int bytes, int sourceWidth, int width) {
    int words = bytes / 8;
    if (even.length < words) {
      even = new long[words];
      odd = new long[words];
    }
    if (sums.length < bytes + 3) {
      sums = new int[bytes + 3];
    }
    if (firstColumn.length < width) {
      firstColumn = new int[width];
      endColumn = new int[width];
      columns = new float[width];
      cells = new int[3 * width];
      row = new float[3 * width];
    }
    for (int x = 0; x < width; x++) {
      firstColumn[x] = (int) ((long) x * sourceWidth / width) * 3;
      endColumn[x] = (int) (((x + 1L) * sourceWidth + width - 1) / width) * 3;
      int count = (endColumn[x] - firstColumn[x]) / 3;
      columns[x] = count;
    }
  }

  /** Leaves the sum of each byte column in {@link #sums}, three places on. */
  private void addRows(byte[] rgb, int start, int stride, int count, int bytes) {
    int words = bytes / 8;
    int rest = words * 8;
    boolean first = true;
    for (int done = 0; done < count; done += MAX_LANE_ROWS) {
      int rows = Math.min(MAX_LANE_ROWS, count - done);
      addLanes(rgb, start + done * stride, stride, rows, words);
      unpack(words, first);
      first = false;
    }
    for (int i = rest; i < bytes; i++) {
      int sum = 0;
      for (int r = 0, at = start + i; r < count; r++, at += stride) {
        sum += rgb[at] & 0xff;
      }
      sums[i + 3] = sum;
    }
  }

  /**
   * One plain loop a row, which the compiler turns into vector instructions; more rows at once it
   * does not.
   */
  private void addLanes(byte[] rgb, int start, int stride, int rows, int words) {
    long[] e = even;
    long[] o = odd;
    Arrays.fill(e, 0, words, 0);
    Arrays.fill(o, 0, words, 0);
    for (int r = 0; r < rows; r++) {
      int at = start + r * stride;
      for (int i = 0; i < words; i++) {
        long eight = (long) LONGS.get(rgb, at + 8 * i);
        e[i] += eight & EVEN_BYTES;
        o[i] += eight >>> 8 & EVEN_BYTES;
      }
    }
  }

  private void unpack(int words, boolean first) {
    int[] s = sums;
    for (int i = 0; i < words; i++) {
      long e = even[i];
      long o = odd[i];
      int at = 8 * i + 3;
      if (first) {
        s[at] = (int) (e & 0xffff);
        s[at + 1] = (int) (o & 0xffff);
        s[at + 2] = (int) (e >>> 16 & 0xffff);
        s[at + 3] = (int) (o >>> 16 & 0xffff);
        s[at + 4] = (int) (e >>> 32 & 0xffff);
        s[at + 5] = (int) (o >>> 32 & 0xffff);
        s[at + 6] = (int) (e >>> 48);
        s[at + 7] = (int) (o >>> 48);
      } else {
        s[at] += (int) (e & 0xffff);
        s[at + 1] += (int) (o & 0xffff);
        s[at + 2] += (int) (e >>> 16 & 0xffff);
        s[at + 3] += (int) (o >>> 16 & 0xffff);
        s[at + 4] += (int) (e >>> 32 & 0xffff);
        s[at + 5] += (int) (o >>> 32 & 0xffff);
        s[at + 6] += (int) (e >>> 48);
        s[at + 7] += (int) (o >>> 48);
      }
    }
  }

  /** Each cell's sum fits an integer: a picture is never shared out among so few. */
  private void shareOut(int bytes, int width, int rows, FloatBuffer target, int offset, int plane) {
    addUp(bytes);
    int[] s = sums;
    int[] out = cells;
    for (int x = 0; x < width; x++) {
      int first = firstColumn[x];
      int end = endColumn[x];
      out[x] = s[end] - s[first];
      out[x + width] = s[end + 1] - s[first + 1];
      out[x + 2 * width] = s[end + 2] - s[first + 2];
    }
    for (int channel = 0; channel < 3; channel++) {
      divide(channel * width, width, rows);
      target.put(offset + channel * plane, row, channel * width, width);
    }
  }

  /** Sums may overflow: their differences are right all the same. */
  private void addUp(int bytes) {
    int[] s = sums;
    int r = 0;
    int g = 0;
    int b = 0;
    for (int i = 3; i < bytes + 3; i += 3) {
      r += s[i];
      g += s[i + 1];
      b += s[i + 2];
      s[i] = r;
      s[i + 1] = g;
      s[i + 2] = b;
    }
  }

  /** Apart from the sums, so that the compiler takes several at once. */
  private void divide(int from, int count, float rows) {
    int[] sum = cells;
    float[] values = row;
    float[] c = columns;
    for (int x = 0; x < count; x++) {
      values[from + x] = sum[from + x] / rows / c[x];
    }
  }
}
