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
 * lanes. These sums are added up along the row, the channels of a pixel in one number: a cell is
 * then the difference of two of them, however wide it is. The scratch memory grows to the widest
 * image it has seen. Not thread-safe.
 */
final class AreaStrip {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long EVEN_BYTES = 0x00ff00ff00ff00ffL;

  // A number has four lanes; a pixel has its red in the first, green and blue in the next ones.
  private static final int LANE = 16;
  private static final long ONE_LANE = 0xffffL;
  private static final long TWO_LANES = 0xffffffffL;
  private static final long THREE_LANES = 0xffffffffffffL;

  /** The sum of more pixels of 255 than this overflows a lane. */
  private static final int MOST_IN_LANE = 257;

  /** Wide lanes: the channels of a pixel are further apart than in {@link #LANE}s. */
  private static final int WIDE_LANE = 21;

  /** The sum of more pixels of 255 than this overflows a wide lane. */
  private static final int MOST_IN_WIDE_LANE = ((1 << WIDE_LANE) - 1) / 255;

  /** So many numbers are divided at once, a few rows or a whole crop: they stay in the cache. */
  private static final int BLOCK = 3 * 48 * 48;

  /** The sums of the columns of bytes, in lanes: of the even bytes, then of the first four. */
  private long[] low = new long[0];

  /** Of the odd bytes, then of the last four. */
  private long[] high = new long[0];

  /** The sum of the pixels before each one of the row. Begins with 0. */
  private long[] before = new long[1];

  // The first column of each cell, and the first behind it.
  private int[] first = new int[0];
  private int[] end = new int[0];

  /** The columns of the widest cell. */
  private int widest;

  /** The sums of cells of many pixels. */
  private int[] cells = new int[0];

  /** Some rows of the result, as planes of red, green and blue. */
  private float[] block = new float[0];

  // How many rows and columns each of its cells has.
  private float[] rowCounts = new float[0];
  private float[] columnCounts = new float[0];

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
    int pixels = right - left;
    int blockRows = Math.max(1, Math.min(rows, BLOCK / 3 / width));
    prepare(pixels, width, blockRows);
    long sourceHeight = (long) bottom - top;
    int plane = width * blockRows;
    for (int y = 0; y < rows; y++) {
      long level = (long) from + y;
      int y0 = top + (int) (level * sourceHeight / height);
      int y1 = top + (int) (((level + 1) * sourceHeight + height - 1) / height);
      int at = y % blockRows * width;
      sum(rgb, y0 * stride + left * 3, stride, y1 - y0, pixels, width, at, plane);
      for (int channel = 0; channel < 3; channel++) {
        int row = channel * plane + at;
        Arrays.fill(rowCounts, row, row + width, y1 - y0);
      }
      if (at + width == plane || y + 1 == rows) {
        divide(2 * plane + at + width);
        for (int channel = 0; channel < 3; channel++) {
          int to = offset + channel * width * rows + y * width - at;
          target.put(to, block, channel * plane, at + width);
        }
      }
    }
  }

  private void prepare(int pixels, int width, int blockRows) {
    int groups = (pixels + 7) / 8;
    if (low.length < 3 * groups) {
      low = new long[3 * groups];
      high = new long[3 * groups];
      before = new long[8 * groups + 1];
    }
    if (first.length < width) {
      first = new int[width];
      end = new int[width];
      cells = new int[3 * width];
    }
    int numbers = 3 * width * blockRows;
    if (block.length < numbers) {
      block = new float[numbers];
      rowCounts = new float[numbers];
      columnCounts = new float[numbers];
    }
    widest = 0;
    for (int x = 0; x < width; x++) {
      first[x] = (int) ((long) x * pixels / width);
      end[x] = (int) (((x + 1L) * pixels + width - 1) / width);
      int count = end[x] - first[x];
      columnCounts[x] = count;
      widest = Math.max(widest, count);
    }
    for (int y = 1; y < 3 * blockRows; y++) {
      System.arraycopy(columnCounts, 0, columnCounts, y * width, width);
    }
  }

  /** Leaves the sums of the cells of some source rows in a row of the block. */
  private void sum(
      byte[] rgb, int start, int stride, int count, int pixels, int width, int at, int plane) {
    boolean wide = (long) count * widest > MOST_IN_LANE;
    int most = Math.min(MOST_IN_LANE, MOST_IN_WIDE_LANE / widest);
    if (!wide || count <= most) {
      addRows(rgb, start, stride, count, pixels, wide);
      takeCells(width, wide ? WIDE_LANE : LANE, at, plane);
      return;
    }
    Arrays.fill(cells, 0, 3 * width, 0);
    most = Math.max(1, most);
    for (int done = 0; done < count; done += most) {
      int rows = Math.min(most, count - done);
      addRows(rgb, start + done * stride, stride, rows, pixels, true);
      addCells(width);
    }
    for (int x = 0; x < width; x++) {
      block[at + x] = cells[x];
      block[at + x + plane] = cells[x + width];
      block[at + x + 2 * plane] = cells[x + 2 * width];
    }
  }

  /** Leaves the running sums of the pixels of some rows in {@link #before}. */
  private void addRows(byte[] rgb, int start, int stride, int rows, int pixels, boolean wide) {
    int words = 3 * pixels / 8;
    int rest = 3 * pixels % 8;
    setLanes(rgb, start, words);
    for (int r = 1; r < rows; r++) {
      addLanes(rgb, start + r * stride, words);
    }
    if (rest > 0) {
      low[words] = 0;
      high[words] = 0;
      for (int r = 0; r < rows; r++) {
        long last = last(rgb, start + r * stride + 8 * words, rest);
        low[words] += last & EVEN_BYTES;
        high[words] += last >>> 8 & EVEN_BYTES;
      }
      words++;
    }
    sortLanes(words);
    addUp(pixels, wide);
  }

  private void setLanes(byte[] rgb, int at, int words) {
    long[] even = low;
    long[] odd = high;
    for (int i = 0; i < words; i++) {
      long eight = (long) LONGS.get(rgb, at + 8 * i);
      even[i] = eight & EVEN_BYTES;
      odd[i] = eight >>> 8 & EVEN_BYTES;
    }
  }

  /**
   * One plain loop a row, which the compiler turns into vector instructions; more rows at once it
   * does not.
   */
  private void addLanes(byte[] rgb, int at, int words) {
    long[] even = low;
    long[] odd = high;
    for (int i = 0; i < words; i++) {
      long eight = (long) LONGS.get(rgb, at + 8 * i);
      even[i] += eight & EVEN_BYTES;
      odd[i] += eight >>> 8 & EVEN_BYTES;
    }
  }

  /** The last bytes of a row, behind which the image may end. */
  private static long last(byte[] rgb, int at, int count) {
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      bytes |= (rgb[at + i] & 0xffL) << (8 * i);
    }
    return bytes;
  }

  /** From even and odd bytes to the first four and the last four. */
  private void sortLanes(int words) {
    long[] l = low;
    long[] h = high;
    for (int i = 0; i < words; i++) {
      long even = l[i];
      long odd = h[i];
      l[i] =
          (even & ONE_LANE)
              | ((odd & ONE_LANE) << 16)
              | ((even & TWO_LANES) >>> 16 << 32)
              | (odd << 32 >>> 48 << 48);
      h[i] =
          (even >>> 32 & ONE_LANE)
              | ((odd >>> 32 & ONE_LANE) << 16)
              | (even >>> 48 << 32)
              | (odd >>> 48 << 48);
    }
  }

  /**
   * Eight pixels at a time, the last ones of which may not be in the row. Sums may overflow, and a
   * lane may carry into the next: the differences are right all the same.
   */
  private void addUp(int pixels, boolean wide) {
    long[] l = low;
    long[] h = high;
    long[] s = before;
    long sum = 0;
    int words = 3 * ((pixels + 7) / 8);
    for (int i = 0, x = 0; i < words; i += 3, x += 8) {
      long l0 = l[i];
      long h0 = h[i];
      long l1 = l[i + 1];
      long h1 = h[i + 1];
      long l2 = l[i + 2];
      long h2 = h[i + 2];
      sum += spaced(l0 & THREE_LANES, wide);
      s[x + 1] = sum;
      sum += spaced(l0 >>> 48 | (h0 & TWO_LANES) << 16, wide);
      s[x + 2] = sum;
      sum += spaced(h0 >>> 32 | (l1 & ONE_LANE) << 32, wide);
      s[x + 3] = sum;
      sum += spaced(l1 >>> 16, wide);
      s[x + 4] = sum;
      sum += spaced(h1 & THREE_LANES, wide);
      s[x + 5] = sum;
      sum += spaced(h1 >>> 48 | (l2 & TWO_LANES) << 16, wide);
      s[x + 6] = sum;
      sum += spaced(l2 >>> 32 | (h2 & ONE_LANE) << 32, wide);
      s[x + 7] = sum;
      sum += spaced(h2 >>> 16, wide);
      s[x + 8] = sum;
    }
  }

  /** A pixel whose channels may be moved apart. */
  private static long spaced(long pixel, boolean wide) {
    return wide
        ? (pixel & ONE_LANE)
            | ((pixel >>> LANE & ONE_LANE) << WIDE_LANE)
            | (pixel >>> (2 * LANE) << (2 * WIDE_LANE))
        : pixel;
  }

  /** Leaves the sums of the cells in a row of the block. */
  private void takeCells(int width, int lane, int at, int plane) {
    long[] s = before;
    float[] out = block;
    int[] from = first;
    int[] to = end;
    int mask = (1 << lane) - 1;
    int green = at + plane;
    int blue = green + plane;
    for (int x = 0; x < width; x++) {
      long sum = s[to[x]] - s[from[x]];
      out[at + x] = (int) sum & mask;
      out[green + x] = (int) (sum >>> lane) & mask;
      out[blue + x] = (int) (sum >>> (2 * lane));
    }
  }

  /** Adds to the cells. Their sums fit integers: a picture is never shared out among so few. */
  private void addCells(int width) {
    long[] s = before;
    int[] out = cells;
    int mask = (1 << WIDE_LANE) - 1;
    for (int x = 0; x < width; x++) {
      for (int from = first[x]; from < end[x]; from += MOST_IN_WIDE_LANE) {
        long sum = s[Math.min(end[x], from + MOST_IN_WIDE_LANE)] - s[from];
        out[x] += (int) sum & mask;
        out[x + width] += (int) (sum >>> WIDE_LANE) & mask;
        out[x + 2 * width] += (int) (sum >>> (2 * WIDE_LANE));
      }
    }
  }

  /**
   * Apart from the sums, and with one index for all, so that the compiler takes several at once.
   */
  private void divide(int count) {
    float[] values = block;
    float[] r = rowCounts;
    float[] c = columnCounts;
    for (int i = 0; i < count; i++) {
      values[i] = values[i] / r[i] / c[i];
    }
  }
}
