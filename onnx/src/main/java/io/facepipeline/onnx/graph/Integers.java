package io.facepipeline.onnx.graph;

import java.util.Arrays;

/**
 * An int64 tensor of at most one dimension in builder use: shapes, axes, sizes. Immutable by
 * agreement, as {@link Weights}.
 */
public final class Integers implements Tensor {
  private final int[] dims;
  private final long[] values;

  /**
   * Wraps values, which are not copied.
   *
   * @param dims the extents, outermost first; none for a scalar
   * @param values as many values as the product of the extents
   * @throws IllegalArgumentException if an extent is negative or the counts differ
   */
  public Integers(int[] dims, long[] values) {
    long size = Weights.size(dims);
    if (size != values.length) {
      throw new IllegalArgumentException(
          "integers of shape "
              + Arrays.toString(dims)
              + " need "
              + size
              + " values but got "
              + values.length);
    }
    this.dims = dims.clone();
    this.values = values;
  }

  /**
   * A one-dimensional tensor.
   *
   * @param values the values, not copied
   * @return a tensor of shape [values.length]
   */
  public static Integers vector(long... values) {
    return new Integers(new int[] {values.length}, values);
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
   * The values in row-major order.
   *
   * @return the tensor's own array: read only
   */
  public long[] values() {
    return values;
  }

  @Override
  public int elementType() {
    return INT64;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Integers i
        && Arrays.equals(dims, i.dims)
        && Arrays.equals(values, i.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(dims) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "int64" + Arrays.toString(dims);
  }
}
