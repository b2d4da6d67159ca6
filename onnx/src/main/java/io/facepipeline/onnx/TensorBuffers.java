package io.facepipeline.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a model's input and outputs are, and what the buffers are that the runtime can read and
 * write for them.
 */
final class TensorBuffers {
  private final String name;
  private final long[] shape;
  private final Map<String, long[]> outputs;

  /**
   * @param name the input's
   * @param shape the input's, -1 for any extent
   * @param outputs their shapes, likewise
   */
  private TensorBuffers(String name, long[] shape, Map<String, long[]> outputs) {
    this.name = name;
    this.shape = shape.clone();
    this.outputs = outputs;
  }

  /** Those of a model, which must have one float32 input. */
  static TensorBuffers of(OrtSession session) throws OrtException {
    Map<String, NodeInfo> inputs = session.getInputInfo();
    if (inputs.size() != 1) {
      throw new MalformedModelException(
          "the model has the inputs "
              + inputs.keySet()
              + " but needs exactly one; export it with one");
    }
    NodeInfo input = inputs.values().iterator().next();
    if (!(input.getInfo() instanceof TensorInfo tensor) || tensor.type != OnnxJavaType.FLOAT) {
      throw new MalformedModelException(
          "input '"
              + input.getName()
              + "' is "
              + input.getInfo()
              + " but must be a float32 tensor; put a cast in front of it");
    }
    Map<String, long[]> outputs = new LinkedHashMap<>();
    for (NodeInfo output : session.getOutputInfo().values()) {
      outputs.put(
          output.getName(),
          output.getInfo() instanceof TensorInfo t ? t.getShape().clone() : new long[0]);
    }
    return new TensorBuffers(input.getName(), tensor.getShape(), outputs);
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

  /** {@return a copy of the outputs' shapes, in the model's order} */
  Map<String, long[]> outputs() {
    Map<String, long[]> copy = new LinkedHashMap<>();
    outputs.forEach((output, extents) -> copy.put(output, extents.clone()));
    return Collections.unmodifiableMap(copy);
  }

  /** {@return the outputs' names, in the model's order} */
  Set<String> outputNames() {
    return Collections.unmodifiableSet(outputs.keySet());
  }

  /** Refuses buffers that the runtime cannot write these outputs into. */
  void checkOutputs(Map<String, FloatBuffer> results, Map<String, long[]> shapes) {
    results.forEach(
        (output, buffer) -> {
          long[] extents = shapes.get(output);
          if (extents == null) {
            throw new IllegalArgumentException(
                "output '"
                    + output
                    + "' has a buffer but no shape; there are shapes for "
                    + shapes.keySet());
          }
          requireDirect("an output", buffer);
          requireCount(extents, buffer);
          if (!outputs.containsKey(output)) {
            throw new IllegalArgumentException(
                "the model has no output '" + output + "'; it has " + outputs.keySet());
          }
        });
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
