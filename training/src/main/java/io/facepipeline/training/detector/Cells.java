package io.facepipeline.training.detector;

import io.facepipeline.detection.scan.ScanNetwork;

/** Where the cells of a square input are, in the order of the network's output. Immutable. */
final class Cells {
  /** The left edge of each cell in pixels. */
  final float[] x;

  /** The upper edge. */
  final float[] y;

  /** The width and height. */
  final float[] stride;

  /**
   * @param side the input's width and height
   */
  Cells(int side) {
    int count = 0;
    for (int s : ScanNetwork.STRIDES) {
      count += side / s * (side / s);
    }
    x = new float[count];
    y = new float[count];
    stride = new float[count];
    int cell = 0;
    for (int s : ScanNetwork.STRIDES) {
      int columns = side / s;
      for (int i = 0; i < columns * columns; i++, cell++) {
        x[cell] = (float) (i % columns * s);
        y[cell] = (float) (i / columns * s);
        stride[cell] = s;
      }
    }
  }

  int count() {
    return x.length;
  }
}
