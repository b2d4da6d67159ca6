package io.facepipeline.onnx.layers;

/**
 * How a convolution or pooling slides over its input, in elements.
 *
 * @param kernelHeight height of the window
 * @param kernelWidth width of the window
 * @param strideHeight step downwards
 * @param strideWidth step to the right
 * @param padTop rows of padding above
 * @param padLeft columns of padding to the left
 * @param padBottom rows of padding below
 * @param padRight columns of padding to the right
 * @param ceil whether a last window that reaches over the edge counts (pooling only)
 */
public record Window(
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int padTop,
    int padLeft,
    int padBottom,
    int padRight,
    boolean ceil) {
  /** Checks the ranges. */
  public Window {
    if (kernelHeight < 1 || kernelWidth < 1 || strideHeight < 1 || strideWidth < 1) {
      throw new IllegalArgumentException(
          "a window's kernel and stride are at least 1 but got kernel "
              + kernelHeight
              + "x"
              + kernelWidth
              + ", stride "
              + strideHeight
              + "x"
              + strideWidth);
    }
    if (padTop < 0 || padLeft < 0 || padBottom < 0 || padRight < 0) {
      throw new IllegalArgumentException(
          "a window's padding is at least 0 but got "
              + padTop
              + ", "
              + padLeft
              + ", "
              + padBottom
              + ", "
              + padRight);
    }
  }

  /**
   * A square window.
   *
   * @param kernel height and width, at least 1
   * @param stride step in both directions, at least 1
   * @param pad padding on all four sides, at least 0
   * @return the window
   */
  public static Window square(int kernel, int stride, int pad) {
    return new Window(kernel, kernel, stride, stride, pad, pad, pad, pad, false);
  }

  /**
   * A window of any shape with the same padding on opposite sides.
   *
   * @param kernelHeight height, at least 1
   * @param kernelWidth width, at least 1
   * @param stride step in both directions, at least 1
   * @param padHeight padding above and below, at least 0
   * @param padWidth padding left and right, at least 0
   * @return the window
   */
  public static Window of(
      int kernelHeight, int kernelWidth, int stride, int padHeight, int padWidth) {
    return new Window(
        kernelHeight, kernelWidth, stride, stride, padHeight, padWidth, padHeight, padWidth, false);
  }

  /**
   * The same window, where a last one that reaches over the edge counts.
   *
   * @return the changed copy
   */
  public Window ceiling() {
    return new Window(
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padTop,
        padLeft,
        padBottom,
        padRight,
        true);
  }
}
