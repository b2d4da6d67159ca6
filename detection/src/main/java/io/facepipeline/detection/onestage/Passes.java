package io.facepipeline.detection.onestage;

import java.util.ArrayList;
import java.util.List;

/**
 * Says in which sizes and parts a network sees a photo. Immutable.
 *
 * <p>In its full size a large photo is cut into parts that overlap. It is seen again in smaller
 * sizes, each a quarter of the one before, until it fits into one part. Faces that no part holds
 * whole are found there.
 */
final class Passes {
  /** A large photo is not seen smaller than this: the longer side in pixels. */
  static final int WHOLE = 640;

  /** The longest side of a part. */
  static final int PART = 1024;

  /**
   * That of the library's own network: what it computes for a part stays in the nearer caches, and
   * a run takes a third of the memory that parts of 1,536 pixels take.
   */
  static final int SCAN_PART = 576;

  /** A larger photo shows faces that are larger than those which the library's own learned. */
  private static final int SCAN_LARGE = 512;

  /** So it sees such a photo again; the longer side of the smallest size of a photo in parts. */
  private static final int SCAN_WHOLE = 256;

  private static final int SHARED = 128;

  /**
   * The largest face of a photo that is seen in a smaller size too, where it still has 40 pixels.
   * Texture of a photo in its full size now and then looks like a face as large as a part.
   */
  private static final int SCAN_FACE = 160;

  /** Smaller parts share less; larger faces still have 24 pixels in the next size. */
  private static final int SCAN_SHARED = 96;

  private static final int LEAST_INPUT = 32;
  private static final double STEP = 4;

  private final int fixedWidth;
  private final int fixedHeight;
  private final int multiple;
  private final Family family;

  /**
   * @param family how a whole photo is put into the input
   * @param fixedWidth the width of all inputs; -1 for any
   * @param fixedHeight their height; -1 for any
   * @param multiple what the sides of other inputs are multiples of
   */
  Passes(Family family, int fixedWidth, int fixedHeight, int multiple) {
    this.family = family;
    this.fixedWidth = fixedWidth;
    this.fixedHeight = fixedHeight;
    this.multiple = multiple;
  }

  private boolean isFixed() {
    return fixedWidth > 0;
  }

  /**
   * One run on the whole photo.
   *
   * @param longer the longer side of the photo in the input; ignored if the network's input has a
   *     fixed size
   */
  Pass whole(int width, int height, int longer) {
    if (isFixed()) {
      if (family == Family.ULTRA_LIGHT) {
        return whole(fixedWidth, fixedHeight, fixedWidth, fixedHeight);
      }
      boolean isWide = (double) fixedHeight * width >= (double) fixedWidth * height;
      return isWide
          ? whole(fixedWidth, side(height, fixedWidth, width), fixedWidth, fixedHeight)
          : whole(side(width, fixedHeight, height), fixedHeight, fixedWidth, fixedHeight);
    }
    boolean isWide = width >= height;
    int levelWidth = isWide ? longer : side(width, longer, height);
    int levelHeight = isWide ? side(height, longer, width) : longer;
    if (family == Family.SCRFD) {
      return whole(levelWidth, levelHeight, input(longer), input(longer));
    }
    return whole(levelWidth, levelHeight, input(levelWidth), input(levelHeight));
  }

  private static Pass whole(int levelWidth, int levelHeight, int inputWidth, int inputHeight) {
    return new Pass(
        levelWidth, levelHeight, 0, 0, levelWidth, levelHeight, inputWidth, inputHeight, Pass.ANY);
  }

  /** A side at the scale at which another side becomes {@code to}; truncated, as the authors do. */
  private static int side(int side, int to, int from) {
    return Math.max(1, (int) ((long) side * to / from));
  }

  private int input(int side) {
    int least = Math.max(side, LEAST_INPUT);
    return (least + multiple - 1) / multiple * multiple;
  }

  /**
   * All runs on a photo in its full size.
   *
   * @param scale the first size, as a share of the photo's
   */
  List<Pass> full(int width, int height, double scale) {
    int part = family == Family.SCAN ? SCAN_PART : PART;
    int partWidth = isFixed() ? fixedWidth : part;
    int partHeight = isFixed() ? fixedHeight : part;
    double fits = Math.min((double) partWidth / width, (double) partHeight / height);
    int least = family == Family.SCAN ? SCAN_WHOLE : WHOLE;
    double whole = isFixed() ? fits : (double) least / Math.max(width, height);
    List<Pass> passes = new ArrayList<>();
    double size = scale;
    for (; size > fits; size = Math.max(whole, size / STEP)) {
      int levelWidth = Math.max(1, (int) Math.round(width * size));
      int levelHeight = Math.max(1, (int) Math.round(height * size));
      addParts(passes, levelWidth, levelHeight, partWidth, partHeight);
    }
    int longer = Math.max(width, height);
    int large = passes.isEmpty() ? SCAN_LARGE : SCAN_WHOLE;
    while (family == Family.SCAN && longer * size > large) {
      passes.add(last(width, height, size).withLargest(SCAN_FACE));
      size = Math.max((double) SCAN_WHOLE / longer, size / STEP);
    }
    passes.add(last(width, height, size));
    return passes;
  }

  /** The whole photo, which is not enlarged. */
  private Pass last(int width, int height, double scale) {
    int levelWidth = Math.max(1, (int) Math.round(width * scale));
    int levelHeight = Math.max(1, (int) Math.round(height * scale));
    return isFixed()
        ? whole(levelWidth, levelHeight, fixedWidth, fixedHeight)
        : whole(levelWidth, levelHeight, input(levelWidth), input(levelHeight));
  }

  private void addParts(List<Pass> passes, int width, int height, int partWidth, int partHeight) {
    int columns = parts(width, partWidth);
    int rows = parts(height, partHeight);
    int columnWidth = isFixed() ? Math.min(partWidth, width) : length(width, columns, partWidth);
    int rowHeight = isFixed() ? Math.min(partHeight, height) : length(height, rows, partHeight);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        passes.add(
            new Pass(
                width,
                height,
                start(width, columnWidth, column, columns),
                start(height, rowHeight, row, rows),
                columnWidth,
                rowHeight,
                isFixed() ? fixedWidth : input(columnWidth),
                isFixed() ? fixedHeight : input(rowHeight),
                family == Family.SCAN ? SCAN_FACE : Pass.ANY));
      }
    }
  }

  private int shared(int part) {
    return Math.min(family == Family.SCAN ? SCAN_SHARED : SHARED, part / 2);
  }

  private int parts(int side, int part) {
    int fresh = part - shared(part);
    return side <= part ? 1 : (side - shared(part) + fresh - 1) / fresh;
  }

  /** Equal parts that share enough; full inputs, since the network computes them anyway. */
  private int length(int side, int count, int part) {
    int needed = (side + (count - 1) * shared(part) + count - 1) / count;
    return Math.min(side, (needed + LEAST_INPUT - 1) / LEAST_INPUT * LEAST_INPUT);
  }

  private static int start(int side, int length, int index, int count) {
    return count == 1 ? 0 : (int) ((long) index * (side - length) / (count - 1));
  }
}
