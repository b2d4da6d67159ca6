package io.facepipeline.detection.mtcnn.cascade;

/**
 * A pyramid level as P-Net sees it. Its arrays are not copies. Not thread-safe if somebody writes
 * to them.
 */
public final class PyramidLevel {
  private final int width;
  private final int height;
  private final float[] rgb;
  private final float[] logits;

  PyramidLevel(int width, int height, float[] rgb) {
    this.width = width;
    this.height = height;
    this.rgb = rgb;
    logits = new float[rows() * columns()];
  }

  /** {@return the width in pixels} */
  public int width() {
    return width;
  }

  /** {@return the height in pixels} */
  public int height() {
    return height;
  }

  /** {@return planes of red, green and blue, 0 to 255} */
  public float[] rgb() {
    return rgb;
  }

  /** {@return the number of 12x12 windows per row, 2 pixels apart} */
  public int columns() {
    return Pyramid.outputSize(width);
  }

  /** {@return the number of rows of windows, 2 pixels apart} */
  public int rows() {
    return Pyramid.outputSize(height);
  }

  /** {@return a number for each window, row by row, whose sigmoid is the probability of a face} */
  public float[] logits() {
    return logits;
  }
}
