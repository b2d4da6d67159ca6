package io.facepipeline.classify;

import java.util.Arrays;

/**
 * Unit vectors, one after the other in large blocks, so that a scan reads memory in order and
 * growing copies almost nothing.
 *
 * <p>One thread writes. Others may read, without a lock, the rows that were there when {@link
 * #blocks()} was handed to them: adding rows never touches those. Moving and dropping rows does, so
 * the caller keeps readers out meanwhile.
 */
final class EmbeddingBlocks {
  /**
   * Just under 8 MiB with the array's header: a garbage collector that gives large arrays whole
   * regions of 1, 2, 4 or 8 MiB wastes next to nothing.
   */
  private static final int BLOCK_FLOATS = (8 << 20) / Float.BYTES - 8;

  private static final int FIRST_ROWS = 64;

  private final int dimensions;
  private final int blockRows;

  /** Replaced, never written into, so that readers may keep it. */
  private float[][] blocks = {};

  private int rows;
  private long capacity;

  EmbeddingBlocks(int dimensions) {
    this.dimensions = dimensions;
    this.blockRows = rowsPerBlock(dimensions);
  }

  static int rowsPerBlock(int dimensions) {
    return Math.max(1, BLOCK_FLOATS / dimensions);
  }

  int dimensions() {
    return dimensions;
  }

  int rows() {
    return rows;
  }

  float[][] blocks() {
    return blocks;
  }

  /** Makes room, so that adding so many rows cannot run out of memory. */
  void reserve(int more) {
    long needed = (long) rows + more;
    while (capacity < needed) {
      int last = blocks.length - 1;
      boolean partial = last >= 0 && blocks[last].length < blockRows * dimensions;
      int from = partial ? blocks[last].length / dimensions : 0;
      // Only the first block grows; the others begin whole.
      long wanted = blocks.length > 1 ? blockRows : Math.max(needed, from * 2L);
      int size = (int) Math.min(blockRows, Math.max(FIRST_ROWS, wanted));
      float[][] grown = Arrays.copyOf(blocks, partial ? blocks.length : blocks.length + 1);
      float[] block = partial ? blocks[last] : new float[0];
      grown[grown.length - 1] = Arrays.copyOf(block, size * dimensions);
      blocks = grown;
      capacity += size - from;
    }
  }

  void add(float[] vectors, int offset) {
    reserve(1);
    System.arraycopy(vectors, offset, blocks[rows / blockRows], start(rows), dimensions);
    rows++;
  }

  /** Fills a row with the last one, and drops that; its numbers are overwritten. */
  void fillWithLast(int row) {
    int last = rows - 1;
    float[] block = blocks[last / blockRows];
    if (row != last) {
      System.arraycopy(block, start(last), blocks[row / blockRows], start(row), dimensions);
    }
    Arrays.fill(block, start(last), start(last) + dimensions, 0f);
    rows = last;
    int needed = (rows + blockRows - 1) / blockRows;
    // One spare block, so that adding and removing at an edge does not allocate each time.
    if (blocks.length > needed + 1) {
      blocks = Arrays.copyOf(blocks, needed + 1);
      capacity = Arrays.stream(blocks).mapToLong(b -> b.length / dimensions).sum();
    }
  }

  void copyRow(float[][] from, int row, float[] target, int offset) {
    System.arraycopy(from[row / blockRows], start(row), target, offset, dimensions);
  }

  private int start(int row) {
    return row % blockRows * dimensions;
  }
}
