package io.facepipeline.detection.work;

import java.util.Arrays;

/**
 * Non-maximum suppression: the most probable candidates first, without those that overlap one
 * before them too much. A candidate is compared with those near it and of like size alone, found
 * through a grid, so that tens of thousands of them, as noise gives, take no longer than they must.
 * The scratch memory is kept for the next call. Not thread-safe.
 */
public final class Suppression {
  /** Up to here comparing with all is as fast. */
  private static final int FEW = 128;

  /** Room for rounding where a pair is passed over unseen. */
  private static final float SLACK = 0.01f;

  private static final int NONE = -1;

  private long[] order = new long[0];
  private int[] heads = new int[0];
  private int[] next = new int[0];
  private int smallestLevel;
  private int largestLevel;

  /**
   * Keeps those that no more probable one covers by more than a share of the union of both; of
   * equally probable ones the first comes first, as in torchvision.
   *
   * @param candidates rows of positive scores, which stay
   * @param kept gets the rows kept, the most probable first
   * @param threshold the share, at least 0.1
   */
  public void byUnion(Proposals candidates, Proposals kept, float threshold) {
    sort(candidates, false);
    if (candidates.size() > FEW && isOrdinary(candidates)) {
      throughGrid(candidates, kept, threshold);
    } else {
      throughAll(candidates, kept, threshold, false);
    }
  }

  /**
   * Keeps those that no more probable one covers by more than a share of the smaller of both, whose
   * sides count pixels; of equally probable ones the last comes first. facenet-pytorch takes them
   * from the end of NumPy's argsort, which keeps the order of up to 16; of more, the order of equal
   * ones changes with NumPy's version and the processor.
   *
   * @param candidates rows of positive scores, which stay
   * @param kept gets the rows kept, the most probable first
   * @param threshold the share
   */
  public void bySmaller(Proposals candidates, Proposals kept, float threshold) {
    sort(candidates, true);
    throughAll(candidates, kept, threshold, true);
  }

  /** Leaves the rows in {@link #order}, the most probable first. */
  private void sort(Proposals candidates, boolean lastFirst) {
    int size = candidates.size();
    if (order.length < size) {
      order = new long[Math.max(size, 2 * order.length)];
    }
    for (int i = 0; i < size; i++) {
      // Scores are positive, so their bits sort as they do.
      int row = lastFirst ? size - 1 - i : i;
      long bits = Float.floatToIntBits(candidates.get(row, Proposals.SCORE));
      order[i] = ~bits << 32 | i;
    }
    Arrays.sort(order, 0, size);
    for (int i = 0; i < size; i++) {
      int place = (int) order[i];
      order[i] = lastFirst ? size - 1L - place : place;
    }
  }

  private void throughAll(Proposals candidates, Proposals kept, float threshold, boolean smaller) {
    kept.clear();
    for (int i = 0; i < candidates.size(); i++) {
      int row = (int) order[i];
      boolean free = true;
      for (int k = 0; k < kept.size() && free; k++) {
        free = !(candidates.overlap(row, kept, k, smaller) > threshold);
      }
      if (free) {
        kept.copyRow(candidates, row);
      }
    }
  }

  /** Whether all boxes have sizes that the grid's levels can tell apart. */
  private boolean isOrdinary(Proposals candidates) {
    smallestLevel = Integer.MAX_VALUE;
    largestLevel = Integer.MIN_VALUE;
    for (int i = 0; i < candidates.size(); i++) {
      float width = candidates.get(i, 2) - candidates.get(i, 0);
      float height = candidates.get(i, 3) - candidates.get(i, 1);
      if (!(width >= 1 && height >= 1 && width < 1 << 20 && height < 1 << 20)) {
        return false;
      }
      smallestLevel = Math.min(smallestLevel, level(width));
      largestLevel = Math.max(largestLevel, level(width));
    }
    return true;
  }

  /** Widths of 2^level to 2^(level + 1) share a level, whose cells are 2^(level + 1) wide. */
  private static int level(float width) {
    return Math.getExponent(width);
  }

  /**
   * Two boxes that share more than {@code t} of their union share more than t of the larger width
   * and of the larger height. So their widths differ by a factor of 1 / t at most, and their
   * centers by less than (1 - t) of the larger side.
   */
  private void throughGrid(Proposals candidates, Proposals kept, float threshold) {
    kept.clear();
    int size = candidates.size();
    int slots = Integer.highestOneBit(2 * size - 1) << 1;
    if (heads.length < slots) {
      heads = new int[slots];
    }
    if (next.length < size) {
      next = new int[Math.max(size, 2 * next.length)];
    }
    Arrays.fill(heads, 0, slots, NONE);
    float share = threshold - SLACK;
    for (int i = 0; i < size; i++) {
      int row = (int) order[i];
      if (isFree(candidates, row, kept, threshold, share, slots - 1)) {
        int at = kept.copyRow(candidates, row);
        int level = level(kept.get(at, 2) - kept.get(at, 0));
        int slot = slot(level, cell(centre(kept, at, 0), level), cell(centre(kept, at, 1), level));
        next[at] = heads[slot & slots - 1];
        heads[slot & slots - 1] = at;
      }
    }
  }

  private boolean isFree(
      Proposals candidates, int row, Proposals kept, float threshold, float share, int mask) {
    float width = candidates.get(row, 2) - candidates.get(row, 0);
    float height = candidates.get(row, 3) - candidates.get(row, 1);
    float x = centre(candidates, row, 0);
    float y = centre(candidates, row, 1);
    int from = Math.max(smallestLevel, level(width * share));
    int to = Math.min(largestLevel, level(width / share));
    float reachX = (1 - share) * width / share;
    float reachY = (1 - share) * height / share;
    for (int level = from; level <= to; level++) {
      int lastX = cell(x + reachX, level);
      int lastY = cell(y + reachY, level);
      for (int cellY = cell(y - reachY, level); cellY <= lastY; cellY++) {
        for (int cellX = cell(x - reachX, level); cellX <= lastX; cellX++) {
          // Cells may share a slot; a pair seen twice or for nothing does no harm.
          for (int k = heads[slot(level, cellX, cellY) & mask]; k != NONE; k = next[k]) {
            if (candidates.overlap(row, kept, k, false) > threshold) {
              return false;
            }
          }
        }
      }
    }
    return true;
  }

  private static float centre(Proposals proposals, int row, int axis) {
    return 0.5f * (proposals.get(row, axis) + proposals.get(row, axis + 2));
  }

  private static int cell(float position, int level) {
    return (int) Math.floor(Math.scalb(position, -level - 1));
  }

  private static int slot(int level, int x, int y) {
    int mixed = ((level * 31 + x) * 0x9E3779B1 + y) * 0x85EBCA6B;
    return mixed ^ mixed >>> 15;
  }
}
