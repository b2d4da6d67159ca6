package io.facepipeline.detection.mtcnn.cascade;

import java.util.ArrayList;
import java.util.List;

/** The sizes at which P-Net sees an image, and the strips into which they are cut. */
final class Pyramid {
  /** What P-Net sees of the image at once. */
  static final int CELL = 12;

  /** How far two neighbouring outputs of P-Net are apart. */
  static final int STRIDE = 2;

  private Pyramid() {}

  /**
   * The scales of the pyramid, from the largest level to the smallest whose short side P-Net can
   * still see.
   */
  static List<Double> scales(int width, int height, int minFaceSize, double factor) {
    List<Double> scales = new ArrayList<>();
    double scale = (double) CELL / minFaceSize;
    double side = Math.min(width, height) * scale;
    while (side >= CELL) {
      scales.add(scale);
      scale *= factor;
      side *= factor;
    }
    return scales;
  }

  /** The side of P-Net's output: two convolutions of 3 about a pool of 2, and another of 3. */
  static int outputSize(int side) {
    return (side - 2 + 1) / 2 - 4;
  }

  /**
   * Some rows of P-Net's output on one level.
   *
   * @param level the level's index
   * @param scale its size over the image's
   * @param width its width
   * @param height its height
   * @param firstRow the first row of the output
   * @param rows how many
   */
  record Strip(int level, double scale, int width, int height, int firstRow, int rows) {
    /** The columns of the output. */
    int columns() {
      return outputSize(width);
    }

    /** The first row of the level that the strip's first output sees. */
    int top() {
      return STRIDE * firstRow;
    }

    /** The rows of the level that the strip sees; the last strip takes what is left. */
    int sight() {
      return Math.min(height - top(), STRIDE * rows + CELL - STRIDE);
    }
  }

  /** The strips of all levels, in order, each of about so many rows of P-Net's output. */
  static List<Strip> strips(int width, int height, int minFaceSize, double factor, int stripRows) {
    List<Strip> strips = new ArrayList<>();
    List<Double> scales = scales(width, height, minFaceSize, factor);
    for (int level = 0; level < scales.size(); level++) {
      double scale = scales.get(level);
      int levelWidth = (int) (width * scale + 1);
      int levelHeight = (int) (height * scale + 1);
      int rows = outputSize(levelHeight);
      int parts = (rows + stripRows - 1) / stripRows;
      for (int part = 0; part < parts; part++) {
        int first = (int) ((long) rows * part / parts);
        int end = (int) ((long) rows * (part + 1) / parts);
        strips.add(new Strip(level, scale, levelWidth, levelHeight, first, end - first));
      }
    }
    return strips;
  }
}
