package io.facepipeline.classify;

import io.facepipeline.Embedding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Unit vectors, one after the other in large blocks, so that a scan reads memory in order and
 * growing copies nothing. Not thread-safe.
 */
final class EmbeddingBlocks {
  private static final int BLOCK_ROWS = 4096;

  private final int dimensions;
  private final List<float[]> blocks = new ArrayList<>();
  private int rows;

  EmbeddingBlocks(int dimensions) {
    this.dimensions = dimensions;
  }

  int rows() {
    return rows;
  }

  void add(Embedding embedding) {
    int row = rows % BLOCK_ROWS;
    if (row == 0) {
      blocks.add(new float[BLOCK_ROWS * dimensions]);
    }
    embedding.copyTo(blocks.get(rows / BLOCK_ROWS), row * dimensions);
    rows++;
  }

  /** Copies a row over another. */
  void move(int from, int to) {
    System.arraycopy(
        blocks.get(from / BLOCK_ROWS),
        from % BLOCK_ROWS * dimensions,
        blocks.get(to / BLOCK_ROWS),
        to % BLOCK_ROWS * dimensions,
        dimensions);
  }

  /**
   * Forgets all rows from a row on; their numbers are overwritten, since they are personal data.
   */
  void truncate(int newRows) {
    for (int row = newRows; row < rows; row++) {
      int start = row % BLOCK_ROWS * dimensions;
      Arrays.fill(blocks.get(row / BLOCK_ROWS), start, start + dimensions, 0f);
    }
    rows = newRows;
    int needed = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
    blocks.subList(needed, blocks.size()).clear();
  }

  float[] row(int row) {
    float[] values = new float[dimensions];
    System.arraycopy(
        blocks.get(row / BLOCK_ROWS), row % BLOCK_ROWS * dimensions, values, 0, dimensions);
    return values;
  }

  /** Takes the cosine similarity of every row. */
  @FunctionalInterface
  interface RowVisitor {
    void visit(int row, float similarity);
  }

  /** Compares a probe with every row, in order. */
  void scan(float[] probe, RowVisitor visitor) {
    for (int b = 0; b < blocks.size(); b++) {
      float[] block = blocks.get(b);
      int first = b * BLOCK_ROWS;
      int count = Math.min(BLOCK_ROWS, rows - first);
      for (int r = 0; r < count; r++) {
        visitor.visit(first + r, dot(probe, block, r * dimensions));
      }
    }
  }

  /**
   * Eight accumulators: the additions need not wait for each other, and the error grows more
   * slowly.
   */
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
