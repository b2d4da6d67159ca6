package io.facepipeline.gallery.memory;

import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * Vectors in four bits a dimension, for a first look at rows that are then read whole. What a code
 * leaves out of its vector is known by its length, so a product with the code tells how large the
 * product with the vector can be.
 *
 * <p>A panel holds {@value EmbeddingBlocks#PANEL} rows: their first eight dimensions, then their
 * next eight, and so on, an int each; last what {@link #SCALE_UNIT} and {@link #REST_UNIT} say, in
 * the upper and the lower half of an int. A digit {@code n} of 0 to 15 stands for {@code (n - 7.5)}
 * times the row's scale.
 *
 * <p>One thread writes, while the caller keeps readers out.
 */
public final class FaceCodes {
  /** Rows in a panel. */
  public static final int PANEL = EmbeddingBlocks.PANEL;

  /** Dimensions in an int. */
  public static final int DIGITS = 8;

  /** A row's scale is a multiple of this. */
  public static final float SCALE_UNIT = 1f / (1 << 18);

  /** The length of what the code leaves out of the vector is at most a multiple of this. */
  public static final float REST_UNIT = 1f / (1 << 15);

  /** Rows are of unit length but for so much. */
  public static final float LENGTH_TOLERANCE = 0.02f;

  /** So many ints of a row are read at a time. */
  public static final int STEP = 2;

  private static final int MOST = 0xFFFF;

  /** The scale, in standard deviations, that leaves least out where numbers are Gaussian. */
  private static final double SCALE = 0.335;

  private final int words;
  private final IntBuffer[] panels;
  private int rows;
  private volatile boolean lost;

  /**
   * Takes codes.
   *
   * @param panels each of {@link #panelInts}; written into when rows are dropped
   * @param rows how many rows have a code; those after them have none
   */
  public FaceCodes(int dimensions, IntBuffer[] panels, int rows) {
    this.words = words(dimensions);
    this.panels = panels;
    this.rows = rows;
  }

  /** {@return how many ints hold the digits of a row} */
  public static int words(int dimensions) {
    int step = STEP * DIGITS;
    return (dimensions + step - 1) / step * STEP;
  }

  /** {@return how many ints a panel takes} */
  public static int panelInts(int dimensions) {
    return (words(dimensions) + 1) * PANEL;
  }

  /** {@return how many panels so many rows take} */
  public static int panels(int rows) {
    return (rows + PANEL - 1) / PANEL;
  }

  /** From now on nobody looks at them: their file was cut while it was mapped into memory. */
  public void giveUp() {
    lost = true;
  }

  /** {@return whether nobody is to look at them any more} */
  public boolean isLost() {
    return lost;
  }

  /** {@return how many rows have a code, those on the heap that took the place of one included} */
  public int rows() {
    return rows;
  }

  /** Copies {@value #STEP} ints of each row of a panel, or the last one with the scales. */
  public void copy(int panel, int word, int[] target) {
    int count = word < words ? STEP * PANEL : PANEL;
    panels[panel].get(word * PANEL, target, 0, count);
  }

  /**
   * Encodes the rows of a panel.
   *
   * @param rows how many rows there are in all
   * @return whether all are of unit length; others have no code
   */
  public static boolean encode(
      EmbeddingBlocks.View vectors, int dimensions, int panel, int rows, int[] target) {
    int words = words(dimensions);
    float[] vector = new float[words * DIGITS];
    int from = panel * PANEL;
    int count = Math.min(PANEL, rows - from);
    Arrays.fill(target, 0);
    for (int r = 0; r < count; r++) {
      vectors.copyRow(from + r, vector, 0);
      if (!encode(vector, dimensions, words, target, r)) {
        return false;
      }
    }
    return true;
  }

  private static boolean encode(float[] vector, int dimensions, int words, int[] target, int r) {
    double square = 0;
    for (int d = 0; d < dimensions; d++) {
      square += (double) vector[d] * vector[d];
    }
    if (!(Math.abs(Math.sqrt(square) - 1) < LENGTH_TOLERANCE)) {
      return false;
    }
    float perScale = (float) (Math.sqrt(dimensions / square) / SCALE);
    double product = 0;
    long squares = 0;
    for (int w = 0; w < words; w++) {
      int word = 0;
      for (int i = 0; i < DIGITS; i++) {
        int d = w * DIGITS + i;
        int digit = Math.max(0, Math.min(15, (int) (vector[d] * perScale + 8)));
        word |= digit << (4 * i);
        if (d < dimensions) {
          int twice = 2 * digit - 15;
          product += (double) vector[d] * twice;
          squares += (long) twice * twice;
        }
      }
      target[w * PANEL + r] = word;
    }
    // The scale that leaves least out of this vector with these digits.
    double best = 2 * product / squares;
    long scale = Math.max(0, Math.min(MOST, Math.round(best / SCALE_UNIT)));
    double half = scale * SCALE_UNIT / 2;
    double rest = Math.sqrt(Math.max(0, square - 2 * half * product + half * half * squares));
    long units = (long) Math.ceil((rest + 1e-7) / REST_UNIT);
    target[words * PANEL + r] = (int) (scale << 16 | Math.min(MOST, units));
    return true;
  }

  /** Fills a row with the last one of all, as the rows themselves are. */
  void fillWithLast(int row, int last) {
    if (row >= rows || lost) {
      return;
    }
    try {
      move(row, last);
    } catch (InternalError e) {
      // What is done on the disk already must not end halfway for want of codes.
      giveUp();
    }
  }

  private void move(int row, int last) {
    IntBuffer to = panels[row / PANEL];
    boolean coded = last < rows;
    for (int w = 0; w <= words; w++) {
      int at = w * PANEL + row % PANEL;
      if (coded) {
        IntBuffer from = panels[last / PANEL];
        int end = w * PANEL + last % PANEL;
        to.put(at, from.get(end));
        from.put(end, 0);
      } else {
        to.put(at, 0);
      }
    }
    rows = Math.min(rows, last);
  }
}
