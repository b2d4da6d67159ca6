package io.facepipeline.onnx.graph;

import com.google.common.math.LongMath;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * A float32 tensor in row-major order. Immutable by agreement: {@link #values()} gives the array
 * itself, which nobody writes to after construction, so that copies of a graph share their weights.
 */
public final class Weights implements Tensor {
  private static final int PIECE = 1 << 14;

  private final int[] dims;
  private final int size;
  private final Supplier<float[]> values;

  /**
   * Wraps values, which are not copied.
   *
   * @param dims the extents, outermost first; none for a scalar
   * @param values as many values as the product of the extents
   * @throws IllegalArgumentException if an extent is negative or the counts differ
   */
  public Weights(int[] dims, float[] values) {
    this(dims, values.length, () -> values);
  }

  private Weights(int[] dims, long count, Supplier<float[]> values) {
    long product = size(dims);
    if (product != count) {
      throw new IllegalArgumentException(
          "weights of shape "
              + Arrays.toString(dims)
              + " need "
              + product
              + " values but got "
              + count
              + "; pass the tensor's own shape");
    }
    this.dims = dims.clone();
    this.size = (int) count;
    this.values = values;
  }

  /** Values that are worked out when they are asked for. */
  @FunctionalInterface
  public interface Source {
    /**
     * Works out some of the values.
     *
     * @param start the first one's index in row-major order
     * @param target where they go, from its beginning
     * @param count how many
     */
    void read(int start, float[] target, int count);
  }

  /**
   * Values that are worked out when they are asked for, so that a checkpoint's numbers are not all
   * held a second time while a graph is made and written.
   *
   * @param dims the extents, outermost first; none for a scalar
   * @param count the number of values
   * @param source gives the same values each time
   * @return a tensor of that shape
   * @throws IllegalArgumentException if an extent is negative or the counts differ
   */
  public static Weights computed(int[] dims, long count, Source source) {
    return new Weights(dims, count, new Recomputed(source, Math.toIntExact(count)));
  }

  /**
   * Keeps an array for as long as somebody uses it, and in fact until the next garbage collection:
   * rewrites ask for the values element by element.
   */
  private static final class Recomputed implements Supplier<float[]> {
    private final Source source;
    private final int size;
    private WeakReference<float[]> last = new WeakReference<>(null);

    Recomputed(Source source, int size) {
      this.source = source;
      this.size = size;
    }

    @Override
    public synchronized float[] get() {
      float[] values = last.get();
      if (values == null) {
        values = new float[size];
        source.read(0, values, size);
        last = new WeakReference<>(values);
      }
      return values;
    }
  }

  /** Gives all values in order, a piece at a time; the piece is only lent. */
  public void forEachPiece(PieceConsumer consumer) {
    if (!(values instanceof Recomputed)) {
      consumer.accept(values.get(), size);
      return;
    }
    float[] piece = new float[Math.min(size, PIECE)];
    for (int start = 0; start < size; start += piece.length) {
      int count = Math.min(piece.length, size - start);
      read(start, piece, count);
      consumer.accept(piece, count);
    }
  }

  /** {@return whether no value is NaN or infinite} */
  boolean isFinite() {
    boolean[] finite = {true};
    forEachPiece(
        (piece, count) -> {
          for (int i = 0; i < count; i++) {
            finite[0] &= Float.isFinite(piece[i]);
          }
        });
    return finite[0];
  }

  /** Some of the values, as a {@link Source} gives them. */
  private void read(int start, float[] target, int count) {
    if (values instanceof Recomputed computed) {
      computed.source.read(start, target, count);
    } else {
      System.arraycopy(values.get(), start, target, 0, count);
    }
  }

  /**
   * These values, those of each run of {@code inner} multiplied by the next of the factors, which
   * begin anew behind the last; worked out when they are asked for.
   */
  public Weights scaled(double[] factors, int inner) {
    return computed(
        dims,
        size,
        (start, target, count) -> {
          read(start, target, count);
          int run = start / inner;
          for (int i = 0; i < count; run++) {
            double factor = factors[run % factors.length];
            for (int end = Math.min(count, (run + 1) * inner - start); i < end; i++) {
              target[i] = (float) (target[i] * factor);
            }
          }
        });
  }

  /** Takes the first values of an array. */
  @FunctionalInterface
  public interface PieceConsumer {
    void accept(float[] piece, int count);
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
      // Extents beside a 0 may be as large as they like.
      size = LongMath.saturatedMultiply(size, d);
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
    return size;
  }

  /**
   * The values in row-major order.
   *
   * @return the tensor's own array, or one worked out for this call: read only
   */
  public float[] values() {
    return values.get();
  }

  /**
   * The same values in another shape.
   *
   * @param newDims extents of the same product
   * @return a tensor that shares the values
   */
  public Weights reshaped(int... newDims) {
    return new Weights(newDims, size, values);
  }

  @Override
  public int elementType() {
    return FLOAT;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Weights w
        && Arrays.equals(dims, w.dims)
        && Arrays.equals(values(), w.values());
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(dims) + Arrays.hashCode(values());
  }

  @Override
  public String toString() {
    return "float" + Arrays.toString(dims);
  }
}
