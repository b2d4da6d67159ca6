package io.facepipeline.gallery.search;

import io.facepipeline.gallery.memory.EmbeddingBlocks;
import java.util.Arrays;

/**
 * Cosine similarities of probes with rows, about as fast as memory delivers them. A part of the
 * rows is copied into the nearest cache first, which costs little and lets the products be formed
 * in a loop that the JIT compiler turns into vector instructions.
 *
 * <p>Rows on the heap stand as columns, along which each probe goes in one loop. Rows of the log
 * are multiplied one by one for a single probe; for several, sixteen dimensions of 256 rows at a
 * time are turned into columns first. All ways add the products in the same order, eight neighbors
 * as a tree and then the eights one after the other. So a face's similarity is the same to the last
 * bit wherever the face is kept, however many probes share a pass, and on every processor; equal
 * faces have equal scores.
 *
 * <p>For one thread.
 */
final class BlockScan {
  private static final int TILE_ROWS = EmbeddingBlocks.PANEL;
  private static final int STEP = EmbeddingBlocks.STEP;

  /**
   * Lengthens arrays so that, with a header of 16 bytes, their sizes are multiples of 64. Those
   * that are allocated one after the other then begin at the same byte of a cache line, and vectors
   * that do not cross lines in one of them do not in the others. The loop takes a fifth less time
   * so.
   */
  private static final int TO_LINE = 12;

  /**
   * As {@link #TO_LINE}, and up to a multiple of 1024 bytes, as far as a dimension is from the
   * next: a processor that compares the last bits of addresses does not take the numbers it is
   * about to read for the sums it has just stored.
   */
  private static final int TO_NEXT_DIMENSION = 252;

  private final int padded;
  private final float[][] probes;
  private final float[][] similarities;

  /** Two steps of dimensions; memory gives them faster together. */
  private final float[] columns;

  private final float[] nextColumns;

  /** A row of the log, or as many as a tile has. */
  private float[] logged = {};

  /** Takes the similarities of a probe with up to 256 rows, whose numbers begin at an index. */
  @FunctionalInterface
  interface TileVisitor {
    void visit(int probe, int[] rows, int first, int count, float[] similarities);
  }

  /**
   * Prepares a scan.
   *
   * @param probes unit vectors
   */
  BlockScan(int dimensions, float[][] probes) {
    this.padded = EmbeddingBlocks.padded(dimensions);
    this.probes = new float[probes.length][];
    for (int p = 0; p < probes.length; p++) {
      this.probes[p] = Arrays.copyOf(probes[p], padded);
    }
    this.similarities = new float[probes.length][];
    this.columns = new float[STEP * TILE_ROWS + TO_NEXT_DIMENSION];
    this.nextColumns = new float[STEP * TILE_ROWS + TO_NEXT_DIMENSION];
    for (int p = 0; p < probes.length; p++) {
      similarities[p] = new float[TILE_ROWS + TO_LINE];
    }
  }

  /** Visits one of several equal parts of the rows for each probe. */
  void scan(EmbeddingBlocks.View view, int rows, int part, int parts, TileVisitor visitor) {
    scanHeap(view, part, parts, visitor);
    if (view.slots() < rows) {
      int tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
      int end = Math.min(rows, from(tiles, part + 1, parts) * TILE_ROWS);
      scanLog(view, from(tiles, part, parts) * TILE_ROWS, end, visitor);
    }
  }

  /** Visits one of several equal parts of the rows on the heap for each probe. */
  void scanHeap(EmbeddingBlocks.View view, int part, int parts, TileVisitor visitor) {
    int slots = view.slots();
    int panels = (slots + TILE_ROWS - 1) / TILE_ROWS;
    for (int panel = from(panels, part, parts); panel < from(panels, part + 1, parts); panel++) {
      int slot = panel * TILE_ROWS;
      panel(view, panel);
      visit(view.rowOfSlot(), slot, Math.min(TILE_ROWS, slots - slot), visitor);
    }
  }

  /** Where a part begins. */
  static int from(int total, int part, int parts) {
    return (int) ((long) total * part / parts);
  }

  private void visit(int[] rows, int first, int count, TileVisitor visitor) {
    for (int p = 0; p < probes.length; p++) {
      visitor.visit(p, rows, first, count, similarities[p]);
    }
  }

  private void panel(EmbeddingBlocks.View view, int panel) {
    clear();
    for (int d = 0; d < padded; d += 2 * STEP) {
      view.copyColumns(panel, d, columns);
      view.copyColumns(panel, d + STEP, nextColumns);
      addColumns(d);
    }
  }

  private void scanLog(EmbeddingBlocks.View view, int from, int to, TileVisitor visitor) {
    int[] tile = new int[TILE_ROWS];
    if (logged.length == 0) {
      logged = new float[probes.length == 1 ? padded : TILE_ROWS * padded];
    }
    float[] vectors = logged;
    int count = 0;
    for (int row = from; row < to; row++) {
      if (view.placeInLog(row) < 0) {
        continue;
      }
      if (probes.length == 1) {
        view.copyRow(row, vectors, 0);
        similarities[0][count] = similarity(vectors, 0);
      } else {
        view.copyRow(row, vectors, count * padded);
      }
      tile[count++] = row;
      if (count == TILE_ROWS) {
        tile(vectors, count);
        visit(tile, 0, count, visitor);
        count = 0;
      }
    }
    if (count > 0) {
      tile(vectors, count);
      visit(tile, 0, count, visitor);
    }
  }

  /** The similarity of one row, padded with zeros, with a probe; the row is written over. */
  float similarity(float[] row, int probe) {
    multiply(row, probes[probe]);
    return sum(row);
  }

  private void tile(float[] vectors, int count) {
    if (probes.length == 1) {
      return;
    }
    clear();
    for (int d = 0; d < padded; d += 2 * STEP) {
      for (int r = 0; r < count; r++) {
        int start = r * padded + d;
        for (int e = 0; e < STEP; e++) {
          columns[e * TILE_ROWS + r] = vectors[start + e];
          nextColumns[e * TILE_ROWS + r] = vectors[start + STEP + e];
        }
      }
      addColumns(d);
    }
  }

  private void clear() {
    for (float[] sums : similarities) {
      Arrays.fill(sums, 0f);
    }
  }

  private void addColumns(int d) {
    for (int p = 0; p < probes.length; p++) {
      addColumns(similarities[p], columns, probes[p], d);
      addColumns(similarities[p], nextColumns, probes[p], d + STEP);
    }
  }

  /**
   * Goes over the whole tile, whatever it holds: the constant length makes it fast. More dimensions
   * in one loop would be too many for vector instructions.
   *
   * <p>Sums are written as differences of negated numbers, which have the same bits. As sums they
   * are left without vector instructions in some runs, with the operands of some of them swapped by
   * the JIT compiler. A difference leaves it no choice.
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
    float n0 = -p0;
    float n3 = -p3;
    float n5 = -p5;
    float n6 = -p6;
    for (int r = 0; r < TILE_ROWS; r++) {
      sums[r] -=
          ((n0 * c[r] - p1 * c[TILE_ROWS + r])
                  - (p2 * c[2 * TILE_ROWS + r] - n3 * c[3 * TILE_ROWS + r]))
              - ((p4 * c[4 * TILE_ROWS + r] - n5 * c[5 * TILE_ROWS + r])
                  - (n6 * c[6 * TILE_ROWS + r] - p7 * c[7 * TILE_ROWS + r]));
    }
  }

  private static void multiply(float[] row, float[] probe) {
    for (int i = 0; i < row.length; i++) {
      row[i] *= probe[i];
    }
  }

  private static float sum(float[] a) {
    float sum = 0;
    for (int i = 0; i < a.length; i += 8) {
      sum +=
          ((a[i] + a[i + 1]) + (a[i + 2] + a[i + 3]))
              + ((a[i + 4] + a[i + 5]) + (a[i + 6] + a[i + 7]));
    }
    return sum;
  }
}
