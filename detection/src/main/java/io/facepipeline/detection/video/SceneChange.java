package io.facepipeline.detection.video;

import io.facepipeline.Image;

/**
 * How much the picture changes, measured on frames shrunk to 32x18 cells of mean luminance: the
 * mean difference of the cells, each frame's own mean taken off, so that a lamp that is switched on
 * is no cut. Not thread-safe.
 */
final class SceneChange {
  private static final int COLUMNS = 32;
  private static final int ROWS = 18;

  /** Points looked at in each direction of a cell: all pixels would tell no more. */
  private static final int POINTS = 4;

  private final float[] current = new float[COLUMNS * ROWS];
  private final float[] before = new float[COLUMNS * ROWS];
  private final float[] reference = new float[COLUMNS * ROWS];
  private int width;
  private int height;

  private double sinceBefore = Double.POSITIVE_INFINITY;

  void look(Image frame) {
    System.arraycopy(current, 0, before, 0, current.length);
    shrink(frame, current);
    boolean sameSize = frame.width() == width && frame.height() == height;
    sinceBefore = sameSize ? difference(current, before) : Double.POSITIVE_INFINITY;
    width = frame.width();
    height = frame.height();
  }

  /** How far the frame looked at last is from the one before it, in levels; infinite for none. */
  double sinceBefore() {
    return sinceBefore;
  }

  /** How far it is from the one that was remembered. */
  double sinceReference() {
    return difference(current, reference);
  }

  /** Takes the frame looked at last as what {@link #sinceReference} compares with. */
  void remember() {
    System.arraycopy(current, 0, reference, 0, current.length);
  }

  private static double difference(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum / a.length;
  }

  private static void shrink(Image frame, float[] cells) {
    byte[] rgb = frame.unsafeRgb();
    double mean = 0;
    for (int row = 0; row < ROWS; row++) {
      for (int column = 0; column < COLUMNS; column++) {
        int sum = 0;
        for (int i = 0; i < POINTS; i++) {
          int y = (int) ((row * POINTS + i + 0.5) * frame.height() / (ROWS * POINTS));
          for (int j = 0; j < POINTS; j++) {
            int x = (int) ((column * POINTS + j + 0.5) * frame.width() / (COLUMNS * POINTS));
            int at = 3 * (y * frame.width() + x);
            sum += 299 * (rgb[at] & 0xFF) + 587 * (rgb[at + 1] & 0xFF) + 114 * (rgb[at + 2] & 0xFF);
          }
        }
        float luminance = sum / (1000f * POINTS * POINTS);
        cells[row * COLUMNS + column] = luminance;
        mean += luminance;
      }
    }
    float shift = (float) (mean / cells.length);
    for (int i = 0; i < cells.length; i++) {
      cells[i] -= shift;
    }
  }
}
