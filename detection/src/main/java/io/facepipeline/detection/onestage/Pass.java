package io.facepipeline.detection.onestage;

import io.facepipeline.detection.work.Proposals;

/**
 * One run of the network: a part of a photo in some size, in the top left corner of the input. The
 * rest of the input is black.
 *
 * @param levelWidth the width of the whole photo in this size
 * @param levelHeight its height
 * @param left the first column of the part
 * @param top the first row of the part
 * @param width the width of the part
 * @param height the height of the part
 * @param inputWidth the input's width, at least the part's
 * @param inputHeight the input's height
 * @param largest the longer side of the largest face that this run is asked for, in pixels of the
 *     input: larger ones are found in a smaller size of the photo
 */
record Pass(
    int levelWidth,
    int levelHeight,
    int left,
    int top,
    int width,
    int height,
    int inputWidth,
    int inputHeight,
    int largest) {
  private static final int AXES = 2;
  private static final int POINTS = 5;

  /** For runs after which no smaller size is seen. */
  static final int ANY = Integer.MAX_VALUE;

  /** {@return this run, asked for no larger faces} */
  Pass withLargest(int side) {
    return new Pass(
        levelWidth, levelHeight, left, top, width, height, inputWidth, inputHeight, side);
  }

  /**
   * Whether a candidate, in pixels of the input, is seen whole: one that reaches over an edge where
   * the photo goes on is whole in the next part, or, if it is larger than what parts share, in a
   * smaller size of the photo. So is one that is too large for this run.
   */
  boolean isWhole(Proposals found, int row) {
    return Math.max(found.get(row, 2) - found.get(row, 0), found.get(row, 3) - found.get(row, 1))
            <= largest
        && (left == 0 || found.get(row, 0) > 0)
        && (top == 0 || found.get(row, 1) > 0)
        && (left + width == levelWidth || found.get(row, 2) < width)
        && (top + height == levelHeight || found.get(row, 3) < height);
  }

  /**
   * Turns a row's pixels of the input into those of the photo, as the authors do: by the ratio of
   * the sizes alone. The networks were trained so, and see a face at the same place in a photo and
   * in a smaller copy; half a pixel more, for the centers of pixels, moves it.
   */
  void toPhoto(Proposals found, int row, int photoWidth, int photoHeight, boolean landmarks) {
    float x = (float) ((double) photoWidth / levelWidth);
    float y = (float) ((double) photoHeight / levelHeight);
    for (int edge = 0; edge < 2 * AXES; edge += AXES) {
      found.set(row, edge, place(found.get(row, edge), left, x));
      found.set(row, edge + 1, place(found.get(row, edge + 1), top, y));
    }
    int first = Proposals.LANDMARKS;
    for (int at = first; landmarks && at < first + POINTS; at++) {
      found.set(row, at, place(found.get(row, at), left, x));
      found.set(row, at + POINTS, place(found.get(row, at + POINTS), top, y));
    }
  }

  private static float place(float position, int origin, float scale) {
    return (position + origin) * scale;
  }
}
