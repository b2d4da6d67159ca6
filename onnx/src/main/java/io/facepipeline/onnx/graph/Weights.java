package io.facepipeline.onnx.graph;

import java.util.Arrays;

/**
 * A float32 tensor in row-major order. Immutable by agreement: {@link #values()} gives the array
 * itself, which nobody writes to after construction, so that copies of a graph share their weights.
 */
public final class Weights implements Tensor {
  private final int[] dims;
  private final float[] values;

  /**
   * Wraps values, which are not copied.
   *
   * @param dims the extents, outermost first; none for a scalar
   * @param values as many values as the product of the extents
   * @throws IllegalArgumentException if an extent is negative or the counts differ
   */
  public Weights(int[] dims, float[] values) {
    long size = size(dims);
    if (size != values.length) {
      throw new IllegalArgumentException(
          "weights of shape "
              + Arrays.toString(dims)
              + " need "
              + size
              + " values but got "
              + values.length
              + "; pass the tensor's own shape");
    }
    this.dims = dims.clone();
    this.values = values;
  }

  /**
   * A one-dimensional tensor, as biases and slopes are.
   *
   * @param values the values, not copied
   * @return a tensor of shape [values.length]
   */
  public static Weights vector(float... values) {
    return new Weights(new int[] {values.length}, values);
  }

  /**
   * A tensor without dimensions.
   *
   * @param value its value
   * @return a tensor of shape []
   */
  public static Weights scalar(float value) {
    return new Weights(new int[0], new float[] {value});
  }

  static long size(int[] dims) {
    long size = 1;
    for (int d : dims) {
      if (d < 0) {
        throw new IllegalArgumentException(
            "a weight's extents are at least 0 but one of " + Arrays.toString(dims) + " is " + d);
      }
      size = Math.multiplyExact(size, (long) d);
    }
    return size;
  }

  /**
   * The extents.
   *
   * @return a copy, outermost first
   */
  public int[] dims() {
    return dims.clone();
  }

  /**
   * One extent.
   *
   * @param axis its index, 0 the outermost
   * @return the extent
   */
  public int dim(int axis) {
    return dims[axis];
  }

  /**
   * The number of dimensions.
   *
   * @return 0 for a scalar
   */
  public int rank() {
    return dims.length;
  }

  /**
   * The number of values.
   *
   * @return the product of the extents
   */
  public int size() {
    return values.length;
  }

  /**
   * The values in row-major order.
   *
   * @return the tensor's own array: read only
   */
  public float[] values() {
    return values;
  }

  /**
   * The same values in another shape.
   *
   * @param newDims extents of the same product
   * @return a tensor that shares the values
   */
  public Weights reshaped(int... newDims) {
    return new Weights(newDims, values);
  }

  @Override
  public int elementType() {
    return FLOAT;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Weights w
        && Arrays.equals(dims, w.dims)
        && Arrays.equals(values, w.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(dims) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "float" + Arrays.toString(dims);
  }
}
