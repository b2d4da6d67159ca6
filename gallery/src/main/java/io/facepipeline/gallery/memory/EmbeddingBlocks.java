package io.facepipeline.gallery.memory;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Rows of unit vectors. Those of a gallery's log stay in the file, which is mapped into memory:
 * opening a million then copies nothing. Those that were added since are in large blocks on the
 * heap. A row has a place in the one or the other, and rows follow each other nearly as their
 * places do, so that a scan reads memory in order.
 *
 * <p>One thread writes. Others may read, without a lock, the rows of a {@link View}: adding rows
 * never touches those. Moving and dropping rows does, so the caller keeps readers out meanwhile.
 */
public final class EmbeddingBlocks {
  /**
   * Just under 8 MiB with the array's header: a garbage collector that gives large arrays whole
   * regions of 1, 2, 4 or 8 MiB wastes next to nothing.
   */
  private static final int BLOCK_FLOATS = (8 << 20) / Float.BYTES - 8;

  private static final int FIRST_ROWS = 64;

  private final int dimensions;
  private final int blockRows;

  /** Windows of the log and blocks of the heap; replaced, never written into. */
  private FloatBuffer[] windows = {};

  private float[][] blocks = {};

  /** Byte in the log, or below zero the complement of the slot on the heap. */
  private long[] places;

  private int rows;
  private int capacity;
  private int slots;
  private int[] free = {};
  private int freed;

  EmbeddingBlocks(int dimensions, int expected) {
    this.places = new long[expected];
    this.dimensions = dimensions;
    this.blockRows = Math.max(1, BLOCK_FLOATS / dimensions);
  }

  /** The rows that were there at one moment. Absolute reads only: for any number of threads. */
  public static final class View {
    private final int dimensions;
    private final int blockRows;
    private final FloatBuffer[] windows;
    private final float[][] blocks;
    private final long[] places;

    private View(EmbeddingBlocks of) {
      dimensions = of.dimensions;
      blockRows = of.blockRows;
      windows = of.windows;
      blocks = of.blocks;
      places = of.places;
    }

    /** Where in the log a row is read; below zero if it is on the heap. */
    public long placeInLog(int row) {
      return places[row];
    }

    public void copyRow(int row, float[] target, int offset) {
      long place = places[row];
      if (place >= 0) {
        windows[LogMap.window(place)].get(LogMap.index(place), target, offset, dimensions);
      } else {
        int slot = (int) ~place;
        System.arraycopy(
            blocks[slot / blockRows], slot % blockRows * dimensions, target, offset, dimensions);
      }
    }
  }

  View view() {
    return new View(this);
  }

  int dimensions() {
    return dimensions;
  }

  int rows() {
    return rows;
  }

  /** Makes room, so that adding so many rows cannot run out of memory. */
  void reserve(int more) {
    reservePlaces(more);
    long needed = (long) slots + Math.max(0, more - freed);
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

  private void reservePlaces(int more) {
    long needed = (long) rows + more;
    if (needed > places.length) {
      places = Arrays.copyOf(places, grown(places.length, needed));
    }
  }

  /** A length that makes repeated growing cheap. */
  static int grown(int length, long needed) {
    return (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, length * 2L));
  }

  /** Adds a copy of a vector, on the heap. */
  void add(float[] vectors, int offset) {
    reserve(1);
    int slot = freed > 0 ? free[--freed] : slots++;
    System.arraycopy(
        vectors, offset, blocks[slot / blockRows], slot % blockRows * dimensions, dimensions);
    places[rows++] = ~(long) slot;
  }

  /** Adds a row that stands at a byte of the log. */
  void addInLog(long place) {
    reservePlaces(1);
    places[rows++] = place;
  }

  /** Sets where the log's rows are to be read. */
  void map(FloatBuffer[] log) {
    windows = log;
  }

  /** All rows stand in a log now; the heap's are given up. */
  void moveToLog(FloatBuffer[] log, long[] newPlaces) {
    windows = log;
    places = newPlaces;
    blocks = new float[0][];
    capacity = 0;
    slots = 0;
    freed = 0;
  }

  /** Fills a row with the last one, and drops that; numbers on the heap are overwritten. */
  void fillWithLast(int row) {
    long place = places[row];
    if (place < 0) {
      int slot = (int) ~place;
      int start = slot % blockRows * dimensions;
      Arrays.fill(blocks[slot / blockRows], start, start + dimensions, 0f);
      if (freed == free.length) {
        free = Arrays.copyOf(free, grown(free.length + 8, freed + 1L));
      }
      free[freed++] = slot;
    }
    rows--;
    places[row] = places[rows];
  }
}
