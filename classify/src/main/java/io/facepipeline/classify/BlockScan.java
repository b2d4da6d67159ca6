package io.facepipeline.classify;

import java.util.Arrays;

/**
 * Cosine similarities of probes with a range of rows, as fast as memory delivers them.
 *
 * <p>One probe: eight accumulators a row, so that the additions need not wait for each other; that
 * keeps up with memory. Several probes share one pass: eight dimensions of 256 rows at a time are
 * turned into columns that stay in the nearest cache, and each probe goes along the columns in a
 * loop that the JIT compiler turns into vector instructions. The sums of the two are in different
 * order and may differ in the last digits (1e-6).
 *
 * <p>For one thread.
 */
final class BlockScan {
  static final int TILE_ROWS = 256;
  private static final int STEP = 8;

  private final int dimensions;
  private final int blockRows;
  private final float[][] probes;
  private final float[][] similarities;
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
    this.blockRows = EmbeddingBlocks.rowsPerBlock(dimensions);
    int padded = (dimensions + STEP - 1) / STEP * STEP;
    this.probes = new float[probes.length][];
    for (int p = 0; p < probes.length; p++) {
      this.probes[p] = Arrays.copyOf(probes[p], padded);
    }
    this.similarities = new float[probes.length][TILE_ROWS];
  }

  /** Visits the rows from one to another, in order, for each probe. */
  void scan(float[][] blocks, int from, int to, TileVisitor visitor) {
    int row = from;
    while (row < to) {
      float[] block = blocks[row / blockRows];
      int inBlock = row % blockRows;
      int count = Math.min(TILE_ROWS, Math.min(to - row, blockRows - inBlock));
      int offset = inBlock * dimensions;
      if (probes.length == 1) {
        for (int r = 0; r < count; r++) {
          similarities[0][r] = dot(probes[0], block, offset + r * dimensions);
        }
      } else {
        columns(block, offset, count);
      }
      for (int p = 0; p < probes.length; p++) {
        visitor.visit(p, row, count, similarities[p]);
      }
      row += count;
    }
  }

  private void columns(float[] block, int offset, int count) {
    for (float[] sums : similarities) {
      Arrays.fill(sums, 0f);
    }
    for (int d = 0; d < dimensions; d += STEP) {
      int step = Math.min(STEP, dimensions - d);
      if (step == STEP) {
        turn(block, offset + d, count);
      } else {
        Arrays.fill(columns, 0f);
        for (int r = 0; r < count; r++) {
          for (int e = 0; e < step; e++) {
            columns[e * TILE_ROWS + r] = block[offset + r * dimensions + d + e];
          }
        }
      }
      for (int p = 0; p < probes.length; p++) {
        addColumns(similarities[p], columns, probes[p], d);
      }
    }
  }

  private void turn(float[] block, int offset, int count) {
    for (int r = 0; r < count; r++) {
      int start = offset + r * dimensions;
      for (int e = 0; e < STEP; e++) {
        columns[e * TILE_ROWS + r] = block[start + e];
      }
    }
  }

  /** Goes over the whole tile, whatever it holds: the constant length is what makes it fast. */
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
  }

  private float dot(float[] a, float[] b, int offset) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int i = 0;
    for (; i + 8 <= dimensions; i += 8) {
      s0 += a[i] * b[offset + i];
      s1 += a[i + 1] * b[offset + i + 1];
      s2 += a[i + 2] * b[offset + i + 2];
      s3 += a[i + 3] * b[offset + i + 3];
      s4 += a[i + 4] * b[offset + i + 4];
      s5 += a[i + 5] * b[offset + i + 5];
      s6 += a[i + 6] * b[offset + i + 6];
      s7 += a[i + 7] * b[offset + i + 7];
    }
    for (; i < dimensions; i++) {
      s0 += a[i] * b[offset + i];
    }
    return ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7));
  }
}
