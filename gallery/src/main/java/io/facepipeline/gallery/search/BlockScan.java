package io.facepipeline.gallery.search;

import io.facepipeline.gallery.memory.EmbeddingBlocks;
import java.util.Arrays;

/**
 * Cosine similarities of probes with a range of rows, about as fast as memory delivers them. A row
 * is copied into the nearest cache first, which costs little and lets the products be formed in a
 * loop that the JIT compiler turns into vector instructions.
 *
 * <p>One probe: the products are added up with eight accumulators, so that the additions need not
 * wait for each other. Several probes share one pass: sixteen dimensions of 256 rows at a time are
 * turned into columns, along which each probe goes in one loop of vector instructions. The sums of
 * the two are in different order and may differ in the last digits (1e-6).
 *
 * <p>For one thread.
 */
final class BlockScan {
  static final int TILE_ROWS = 256;
  private static final int STEP = 16;

  private final int dimensions;
  private final float[][] probes;
  private final float[][] similarities;

  /** One row, or a tile of rows for several probes. */
  private final float[] rows;

  private final float[] columns = new float[STEP * TILE_ROWS];

  /** Takes the similarities of a probe with up to {@link #TILE_ROWS} rows. */
  @FunctionalInterface
  interface TileVisitor {
    void visit(int probe, int firstRow, int count, float[] similarities);
  }

  /**
   * Prepares a scan.
   *
   * @param probes unit vectors
   */
  BlockScan(int dimensions, float[][] probes) {
    this.dimensions = dimensions;
    int padded = (dimensions + STEP - 1) / STEP * STEP;
    this.probes = new float[probes.length][];
    for (int p = 0; p < probes.length; p++) {
      this.probes[p] = Arrays.copyOf(probes[p], padded);
    }
    this.similarities = new float[probes.length][TILE_ROWS];
    this.rows = new float[probes.length == 1 ? dimensions : TILE_ROWS * dimensions];
  }

  /** Visits the rows from one to another, in order, for each probe. */
  void scan(EmbeddingBlocks.View view, int from, int to, TileVisitor visitor) {
    for (int row = from; row < to; row += TILE_ROWS) {
      int count = Math.min(TILE_ROWS, to - row);
      if (probes.length == 1) {
        for (int r = 0; r < count; r++) {
          view.copyRow(row + r, rows, 0);
          multiply(rows, probes[0]);
          similarities[0][r] = sum(rows);
        }
      } else {
        for (int r = 0; r < count; r++) {
          view.copyRow(row + r, rows, r * dimensions);
        }
        tile(count);
      }
      for (int p = 0; p < probes.length; p++) {
        visitor.visit(p, row, count, similarities[p]);
      }
    }
  }

  private void tile(int count) {
    for (float[] sums : similarities) {
      Arrays.fill(sums, 0f);
    }
    for (int d = 0; d < dimensions; d += STEP) {
      if (dimensions - d >= STEP) {
        turn(d, count);
      } else {
        turnRest(d, count);
      }
      for (int p = 0; p < probes.length; p++) {
        addColumns(similarities[p], columns, probes[p], d);
      }
    }
  }

  private void turn(int d, int count) {
    for (int r = 0; r < count; r++) {
      int start = r * dimensions + d;
      for (int e = 0; e < STEP; e++) {
        columns[e * TILE_ROWS + r] = rows[start + e];
      }
    }
  }

  private void turnRest(int d, int count) {
    Arrays.fill(columns, 0f);
    for (int r = 0; r < count; r++) {
      for (int e = d; e < dimensions; e++) {
        columns[(e - d) * TILE_ROWS + r] = rows[r * dimensions + e];
      }
    }
  }

  /**
   * Goes over the whole tile, whatever it holds: the constant length makes it fast. So does the
   * method's size (over 325 bytes of code, HotSpot's limit): the JIT compiler does not put it into
   * its callers, where it would often fail to use vector instructions, but compiles it by itself.
   * One loop with all sixteen would be too large for vectors.
   */
  private static void addColumns(float[] sums, float[] c, float[] probe, int d) {
    float p0 = probe[d];
    float p1 = probe[d + 1];
    float p2 = probe[d + 2];
    float p3 = probe[d + 3];
    float p4 = probe[d + 4];
    float p5 = probe[d + 5];
    float p6 = probe[d + 6];
    float p7 = probe[d + 7];
    for (int r = 0; r < TILE_ROWS; r++) {
      sums[r] +=
          ((p0 * c[r] + p1 * c[TILE_ROWS + r])
                  + (p2 * c[2 * TILE_ROWS + r] + p3 * c[3 * TILE_ROWS + r]))
              + ((p4 * c[4 * TILE_ROWS + r] + p5 * c[5 * TILE_ROWS + r])
                  + (p6 * c[6 * TILE_ROWS + r] + p7 * c[7 * TILE_ROWS + r]));
    }
    float p8 = probe[d + 8];
    float p9 = probe[d + 9];
    float p10 = probe[d + 10];
    float p11 = probe[d + 11];
    float p12 = probe[d + 12];
    float p13 = probe[d + 13];
    float p14 = probe[d + 14];
    float p15 = probe[d + 15];
    for (int r = 0; r < TILE_ROWS; r++) {
      sums[r] +=
          ((p8 * c[8 * TILE_ROWS + r] + p9 * c[9 * TILE_ROWS + r])
                  + (p10 * c[10 * TILE_ROWS + r] + p11 * c[11 * TILE_ROWS + r]))
              + ((p12 * c[12 * TILE_ROWS + r] + p13 * c[13 * TILE_ROWS + r])
                  + (p14 * c[14 * TILE_ROWS + r] + p15 * c[15 * TILE_ROWS + r]));
    }
  }

  private static void multiply(float[] row, float[] probe) {
    for (int i = 0; i < row.length; i++) {
      row[i] *= probe[i];
    }
  }

  private static float sum(float[] a) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int i = 0;
    for (; i + 8 <= a.length; i += 8) {
      s0 += a[i];
      s1 += a[i + 1];
      s2 += a[i + 2];
      s3 += a[i + 3];
      s4 += a[i + 4];
      s5 += a[i + 5];
      s6 += a[i + 6];
      s7 += a[i + 7];
    }
    for (; i < a.length; i++) {
      s0 += a[i];
    }
    return ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7));
  }
}
