package io.facepipeline.onnx.checkpoint.bytes;

/** Arithmetic of shapes and strides, in elements, that notices overflow. */
public final class Shapes {
  /** As many dimensions as PyTorch and NumPy allow. */
  public static final int MAX_RANK = 64;

  private Shapes() {}

  /**
   * The number of elements.
   *
   * @throws ArithmeticException if it exceeds a long
   */
  public static long elements(int[] shape) {
    for (int length : shape) {
      if (length == 0) {
        return 0;
      }
    }
    long elements = 1;
    for (int length : shape) {
      elements = Math.multiplyExact(elements, length);
    }
    return elements;
  }

  /** Strides of a row-major array whose element count is known to fit. */
  public static long[] rowMajor(int[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= Math.max(1, shape[i]);
    }
    return strides;
  }

  /** Strides of a column-major ("Fortran order") array whose element count is known to fit. */
  public static long[] columnMajor(int[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = 0; i < shape.length; i++) {
      strides[i] = stride;
      stride *= Math.max(1, shape[i]);
    }
    return strides;
  }

  /**
   * One more than the highest element that a view touches; 0 for an empty one.
   *
   * @throws ArithmeticException if it exceeds a long
   */
  public static long extent(int[] shape, long[] strides, long offset) {
    long last = offset;
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] == 0) {
        return 0;
      }
      last = Math.addExact(last, Math.multiplyExact((long) shape[i] - 1, strides[i]));
    }
    return Math.addExact(last, 1);
  }
}
