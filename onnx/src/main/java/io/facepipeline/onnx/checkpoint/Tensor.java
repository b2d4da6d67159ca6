package io.facepipeline.onnx.checkpoint;

import io.facepipeline.onnx.checkpoint.bytes.CheckpointFile;
import io.facepipeline.onnx.checkpoint.bytes.DataType;
import io.facepipeline.onnx.checkpoint.bytes.Shapes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * An array of numbers from a checkpoint. It is immutable and may be shared between threads. Tensors
 * that share a storage in the file share its bytes here too; {@link #floats} and {@link #longs}
 * copy.
 */
public final class Tensor {
  private static final int PIECE = 1 << 14;

  private final DataType type;
  private final int[] shape;
  private final long[] strides;
  private final long offset;
  private final int size;
  private final ByteBuffer bytes;

  /**
   * The arrays and bytes are not copied; shape, strides and offset (elements) must lie within the
   * bytes.
   */
  private Tensor(
      DataType type, int[] shape, long[] strides, long offset, int size, ByteBuffer bytes) {
    this.type = type;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.size = size;
    this.bytes = bytes;
  }

  /**
   * A row-major tensor of float32.
   *
   * @param shape the lengths of the dimensions, none negative; no dimension at all for a single
   *     number
   * @param values the elements, as many as the shape has
   * @return the tensor, which keeps nothing of the arguments
   * @throws IllegalArgumentException if a length is negative or the number of values is not that of
   *     the shape
   */
  public static Tensor of(int[] shape, float... values) {
    long size = 1;
    for (int length : shape) {
      if (length < 0) {
        throw new IllegalArgumentException(
            "shape " + Arrays.toString(shape) + " has a negative length; give 0 or more");
      }
    }
    try {
      size = Shapes.elements(shape);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "shape " + Arrays.toString(shape) + " has more elements than a long counts", e);
    }
    if (size != values.length) {
      throw new IllegalArgumentException(
          "shape "
              + Arrays.toString(shape)
              + " has "
              + size
              + " elements, but "
              + values.length
              + " values were given");
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, 4)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return new Tensor(
        DataType.FLOAT, shape.clone(), Shapes.rowMajor(shape), 0, values.length, bytes);
  }

  /**
   * A view of bytes as the file describes it, checked.
   *
   * @param what names the tensor in messages
   * @param offset of the first element, in elements
   * @param maxElements the most elements this tensor may have: strides of 0 repeat elements, and
   *     without a bound a tiny file could ask for gigabytes
   */
  static Tensor view(
      Path file,
      String what,
      DataType type,
      int[] shape,
      long[] strides,
      long offset,
      byte[] bytes,
      ByteOrder order,
      long maxElements) {
    String view =
        what
            + " (shape "
            + Arrays.toString(shape)
            + ", strides "
            + Arrays.toString(strides)
            + ", offset "
            + offset
            + ")";
    if (shape.length != strides.length || offset < 0) {
      throw CheckpointFile.problem(file, view + " is malformed: the file is damaged");
    }
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] < 0 || strides[i] < 0) {
        throw CheckpointFile.problem(
            file, view + " has a negative length or stride: the file is damaged");
      }
    }
    long available = bytes.length / type.bytes();
    long elements;
    long extent;
    try {
      elements = Shapes.elements(shape);
      extent = Shapes.extent(shape, strides, offset);
    } catch (ArithmeticException e) {
      throw CheckpointFile.problem(
          file, view + " has more elements than can be counted: the file is damaged", e);
    }
    if (extent > available) {
      throw CheckpointFile.problem(
          file,
          view
              + " needs "
              + extent
              + " elements of its storage, which has "
              + available
              + ": the file is damaged");
    }
    if (elements > Math.max(available, maxElements) || elements > Integer.MAX_VALUE - 8) {
      throw CheckpointFile.problem(
          file,
          view
              + " repeats its storage of "
              + available
              + " elements to "
              + elements
              + ", more than this library loads");
    }
    return new Tensor(
        type,
        shape.clone(),
        strides.clone(),
        offset,
        (int) elements,
        ByteBuffer.wrap(bytes).order(order));
  }

  /**
   * The lengths of the dimensions, outermost first.
   *
   * @return a copy; empty for a single number
   */
  public int[] shape() {
    return shape.clone();
  }

  DataType type() {
    return type;
  }

  /**
   * {@return whether the elements are whole numbers or booleans in the file, which {@link #longs}
   * returns}
   */
  public boolean isIntegral() {
    return type.isIntegral();
  }

  /**
   * The number of elements.
   *
   * @return the product of the shape, at least 0 and less than 2^31
   */
  public long size() {
    return size;
  }

  /**
   * The elements in row-major order, whatever their layout in the file. Doubles and whole numbers
   * are rounded to the nearest float; booleans become 0 and 1.
   *
   * @return a new array of {@link #size} elements
   */
  public float[] floats() {
    float[] values = new float[size];
    floats(0, values, size);
    return values;
  }

  /**
   * Some of the elements, as {@link #floats()} has them: for reading a large tensor piece by piece.
   *
   * @param start the first element's index in row-major order
   * @param target where they go, from its beginning
   * @param count how many
   * @throws IndexOutOfBoundsException if the tensor or the target has too few
   */
  public void floats(int start, float[] target, int count) {
    Objects.checkFromIndexSize(start, count, size);
    Objects.checkFromIndexSize(0, count, target.length);
    int width = type.bytes();
    if (Arrays.equals(strides, Shapes.rowMajor(shape))) {
      int first = (int) offset + start;
      for (int i = 0; i < count; i++) {
        target[i] = type.floatAt(bytes, (first + i) * width);
      }
      return;
    }
    Cursor cursor = new Cursor(start);
    for (int i = 0; i < count; i++) {
      target[i] = type.floatAt(bytes, cursor.next() * width);
    }
  }

  /**
   * The first element that is NaN or infinite.
   *
   * @return it, or nothing where all elements are numbers
   */
  public Optional<Float> firstNotFinite() {
    if (type.isIntegral()) {
      return Optional.empty();
    }
    float[] piece = new float[Math.min(size, PIECE)];
    for (int start = 0; start < size; start += piece.length) {
      int count = Math.min(piece.length, size - start);
      floats(start, piece, count);
      for (int i = 0; i < count; i++) {
        if (!Float.isFinite(piece[i])) {
          return Optional.of(piece[i]);
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The elements in row-major order as whole numbers; booleans become 0 and 1.
   *
   * @return a new array of {@link #size} elements
   * @throws IllegalStateException if they are not {@linkplain #isIntegral() integral}
   */
  public long[] longs() {
    if (!type.isIntegral()) {
      throw new IllegalStateException(
          "elements of type " + type + " are not whole numbers; use floats()");
    }
    long[] values = new long[size];
    int width = type.bytes();
    Cursor cursor = new Cursor(0);
    for (int i = 0; i < size; i++) {
      values[i] = type.longAt(bytes, cursor.next() * width);
    }
    return values;
  }

  /** The type and shape, such as {@code FLOAT[64, 3, 3, 3]}. */
  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }

  /** Walks the elements of the storage in row-major order of the view. */
  private final class Cursor {
    private final int[] index = new int[shape.length];
    private long at = offset;

    Cursor(int start) {
      int rest = start;
      for (int i = shape.length - 1; i >= 0 && rest > 0; i--) {
        index[i] = rest % shape[i];
        rest /= shape[i];
        at += index[i] * strides[i];
      }
    }

    int next() {
      long here = at;
      for (int i = shape.length - 1; i >= 0; i--) {
        if (++index[i] < shape[i]) {
          at += strides[i];
          break;
        }
        index[i] = 0;
        at -= (shape[i] - 1) * strides[i];
      }
      return (int) here;
    }
  }
}
