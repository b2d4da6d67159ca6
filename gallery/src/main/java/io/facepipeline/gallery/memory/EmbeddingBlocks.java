package io.facepipeline.gallery.memory;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Rows of unit vectors. Those of a gallery's log stay in the file, which is mapped into memory:
 * opening a million then copies nothing. Those that were added since are in large blocks on the
 * heap, in slots without a gap. A row has a place in the one or the other; rows of the log follow
 * each other nearly as their places do, so that a scan reads memory in order.
 *
 * <p>A block consists of panels of {@value #PANEL} slots. A panel holds the first dimension of all
 * its vectors, then the second, and so on: a search multiplies a dimension of many vectors by one
 * number of the probe, which is what vector instructions do best.
 *
 * <p>One thread writes. Others may read, without a lock, the rows of a {@link View}: adding rows
 * never touches those. Moving and dropping rows does, so the caller keeps readers out meanwhile.
 */
public final class EmbeddingBlocks {
  /** Vectors that stand beside each other. */
  public static final int PANEL = 256;

  /**
   * Dimensions are read so many at a time; zeros follow the last, up to a multiple of two steps.
   */
  public static final int STEP = 8;

  /**
   * Just under 8 MiB with the array's header: a garbage collector that gives large arrays whole
   * regions of 1, 2, 4 or 8 MiB wastes next to nothing.
   */
  private static final int BLOCK_FLOATS = (8 << 20) / Float.BYTES - 8;

  private static final int FIRST_ROWS = 64;

  private static final float UNIT_TOLERANCE = 0.01f;

  private final int dimensions;
  private final int padded;
  private final int blockRows;

  /** Windows of the log and blocks of the heap; replaced, never written into. */
  private FloatBuffer[] windows = {};

  private float[][] blocks = {};

  /** Byte in the log, or below zero the complement of the slot on the heap. */
  private long[] places;

  private int[] rowOfSlot = {};
  private int rows;
  private int slots;

  EmbeddingBlocks(int dimensions, int expected) {
    this.places = new long[expected];
    this.dimensions = dimensions;
    this.padded = padded(dimensions);
    this.blockRows = Math.max(1, BLOCK_FLOATS / (PANEL * padded)) * PANEL;
  }

  /** {@return the number of dimensions with the zeros that follow} */
  public static int padded(int dimensions) {
    return (dimensions + 2 * STEP - 1) / (2 * STEP) * (2 * STEP);
  }

  /** Whether vectors are as embeddings are: finite, and of length one but for rounding. */
  public static boolean areUnit(FloatBuffer vectors, int dimensions) {
    float[] vector = new float[dimensions];
    while (vectors.hasRemaining()) {
      vectors.get(vector);
      double length = 0;
      for (float value : vector) {
        length += (double) value * value;
      }
      if (!(Math.abs(length - 1) < UNIT_TOLERANCE)) {
        return false;
      }
    }
    return true;
  }

  /** The rows that were there at one moment. Absolute reads only: for any number of threads. */
  public static final class View {
    private final int dimensions;
    private final int padded;
    private final int blockRows;
    private final FloatBuffer[] windows;
    private final float[][] blocks;
    private final long[] places;
    private final int[] rowOfSlot;
    private final int slots;

    private View(EmbeddingBlocks of) {
      dimensions = of.dimensions;
      padded = of.padded;
      blockRows = of.blockRows;
      windows = of.windows;
      blocks = of.blocks;
      places = of.places;
      rowOfSlot = of.rowOfSlot;
      slots = of.slots;
    }

    /** Where in the log a row is read; below zero if it is on the heap. */
    public long placeInLog(int row) {
      return places[row];
    }

    /** {@return how many rows are on the heap} */
    public int slots() {
      return slots;
    }

    /** {@return the row of each slot; the array may be longer} */
    public int[] rowOfSlot() {
      return rowOfSlot;
    }

    public void copyRow(int row, float[] target, int offset) {
      long place = places[row];
      if (place >= 0) {
        windows[LogMap.window(place)].get(LogMap.index(place), target, offset, dimensions);
      } else {
        int slot = (int) ~place;
        float[] block = blocks[slot / blockRows];
        int width = width(block, padded);
        int at = start(slot % blockRows, padded);
        for (int d = 0; d < dimensions; d++) {
          target[offset + d] = block[at + d * width];
        }
      }
    }

    /**
     * Copies {@value #STEP} dimensions of a panel, each {@value #PANEL} numbers long. What stands
     * beyond the last slot means nothing.
     */
    public void copyColumns(int panel, int dimension, float[] target) {
      int slot = panel * PANEL;
      float[] block = blocks[slot / blockRows];
      int width = width(block, padded);
      int from = slot % blockRows * padded + dimension * width;
      if (width == PANEL) {
        System.arraycopy(block, from, target, 0, STEP * PANEL);
      } else {
        for (int d = 0; d < STEP; d++) {
          System.arraycopy(block, from + d * width, target, d * PANEL, width);
        }
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

  /** How far apart the dimensions of a vector are: a block that is less than a panel is narrow. */
  private static int width(float[] block, int padded) {
    return Math.min(PANEL, block.length / padded);
  }

  private static int start(int slotInBlock, int padded) {
    return slotInBlock / PANEL * PANEL * padded + slotInBlock % PANEL;
  }

  /** Makes room, so that adding so many rows cannot run out of memory. */
  void reserve(int more) {
    reservePlaces(more);
    long needed = (long) slots + more;
    while (rowOfSlot.length < needed) {
      int last = blocks.length - 1;
      boolean partial = last >= 0 && blocks[last].length < blockRows * padded;
      int from = partial ? blocks[last].length / padded : 0;
      // Only the first block grows; the others begin whole.
      int size = blocks.length > 1 ? blockRows : size(Math.max(needed, from * 2L));
      float[][] grown = Arrays.copyOf(blocks, partial ? blocks.length : blocks.length + 1);
      grown[grown.length - 1] = partial ? widened(blocks[last], size) : new float[size * padded];
      int[] grownRows = Arrays.copyOf(rowOfSlot, rowOfSlot.length + size - from);
      blocks = grown;
      rowOfSlot = grownRows;
    }
  }

  /** As many rows as a block may have: a part of a panel, or whole panels. */
  private int size(long wanted) {
    if (wanted > PANEL) {
      return (int) Math.min(blockRows, (wanted + PANEL - 1) / PANEL * PANEL);
    }
    int size = FIRST_ROWS;
    while (size < wanted) {
      size *= 2;
    }
    return size;
  }

  private float[] widened(float[] block, int size) {
    int width = width(block, padded);
    int wider = Math.min(PANEL, size);
    if (wider == width) {
      return Arrays.copyOf(block, size * padded);
    }
    float[] result = new float[size * padded];
    for (int d = 0; d < dimensions; d++) {
      System.arraycopy(block, d * width, result, d * wider, width);
    }
    return result;
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
    int slot = slots++;
    float[] block = blocks[slot / blockRows];
    int width = width(block, padded);
    int at = start(slot % blockRows, padded);
    for (int d = 0; d < dimensions; d++) {
      block[at + d * width] = vectors[offset + d];
    }
    rowOfSlot[slot] = rows;
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
    rowOfSlot = new int[0];
    slots = 0;
  }

  /** Fills a row with the last one, and drops that; numbers on the heap are overwritten. */
  void fillWithLast(int row) {
    long place = places[row];
    if (place < 0) {
      fillWithLastSlot((int) ~place);
    }
    rows--;
    places[row] = places[rows];
    if (places[row] < 0 && row < rows) {
      rowOfSlot[(int) ~places[row]] = row;
    }
  }

  private void fillWithLastSlot(int slot) {
    int last = --slots;
    float[] from = blocks[last / blockRows];
    float[] to = blocks[slot / blockRows];
    int read = start(last % blockRows, padded);
    int write = start(slot % blockRows, padded);
    for (int d = 0; d < dimensions; d++) {
      to[write] = from[read];
      from[read] = 0f;
      read += width(from, padded);
      write += width(to, padded);
    }
    int moved = rowOfSlot[last];
    rowOfSlot[slot] = moved;
    places[moved] = ~(long) slot;
  }
}
