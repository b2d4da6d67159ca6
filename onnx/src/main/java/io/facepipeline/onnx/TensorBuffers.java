package io.facepipeline.onnx;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** What a model's input must be, and what the buffers are that the runtime can read and write. */
final class TensorBuffers {
  private final String name;
  private final long[] shape;

  /**
   * @param name the input's
   * @param shape the input's, -1 for any extent
   */
  TensorBuffers(String name, long[] shape) {
    this.name = name;
    this.shape = shape.clone();
  }

  String name() {
    return name;
  }

  long[] shape() {
    return shape.clone();
  }

  /** Refuses a buffer that is not an input of this shape. */
  void check(FloatBuffer input, long[] given) {
    requireDirect("an input", input);
    boolean fits = given.length == shape.length;
    for (int i = 0; i < given.length; i++) {
      fits &= given[i] >= 1 && (i >= shape.length || shape[i] < 0 || shape[i] == given[i]);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "the model's input '"
              + name
              + "' is of shape "
              + Arrays.toString(shape)
              + " (-1 is any extent) but got "
              + Arrays.toString(given));
    }
    requireCount(given, input);
  }

  /** Refuses a buffer that the runtime cannot use, or that does not hold so many values. */
  static void check(String what, FloatBuffer buffer, long[] shape) {
    requireDirect(what, buffer);
    requireCount(shape, buffer);
  }

  private static void requireDirect(String what, FloatBuffer buffer) {
    if (!buffer.isDirect() || buffer.order() != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException(
          what
              + " must be a direct buffer in native byte order, got a "
              + (buffer.isDirect() ? buffer.order() + " one" : "heap buffer")
              + "; use"
              + " ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer()");
    }
  }

  private static void requireCount(long[] shape, FloatBuffer buffer) {
    double count = 1;
    for (long extent : shape) {
      count *= extent;
    }
    if (count != buffer.remaining()) {
      throw new IllegalArgumentException(
          "shape "
              + Arrays.toString(shape)
              + " does not fit the "
              + buffer.remaining()
              + " values between the buffer's position and limit");
    }
  }
}
