package io.facepipeline.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;

/** The outputs of one run, valid until the callback returns. Not thread-safe. */
final class OnnxOutputs {
  private final OrtSession.Result result;
  private boolean open = true;

  OnnxOutputs(OrtSession.Result result) {
    this.result = result;
  }

  void invalidate() {
    open = false;
  }

  /**
   * An output's shape.
   *
   * @param output the output's name
   * @return its extents, outermost first
   * @throws IllegalArgumentException if the model has no such output
   * @throws IllegalStateException if the callback has returned
   * @throws InferenceException if the output is not a float32 tensor
   */
  long[] shape(String output) {
    return tensor(output).getInfo().getShape().clone();
  }

  /**
   * An output's values.
   *
   * @param output the output's name
   * @return a copy in row-major order, valid after the callback
   * @throws IllegalArgumentException if the model has no such output
   * @throws IllegalStateException if the callback has returned
   * @throws InferenceException if the output is not a float32 tensor
   */
  FloatBuffer floats(String output) {
    FloatBuffer values = tensor(output).getFloatBuffer();
    if (values == null) {
      throw new InferenceException(
          "output '" + output + "' holds no float32 values; export the model with float32 outputs");
    }
    return values;
  }

  /** {@return a copy of an output's values} */
  float[] values(String output) {
    FloatBuffer values = floats(output);
    float[] copy = new float[values.remaining()];
    values.get(copy);
    return copy;
  }

  /**
   * Copies an output's values.
   *
   * @param output the output's name
   * @param target the target, written from index 0
   * @return the number of values
   * @throws IllegalArgumentException if the model has no such output or the target is too short
   * @throws IllegalStateException if the callback has returned
   * @throws InferenceException if the output is not a float32 tensor
   */
  int copy(String output, float[] target) {
    return copy(output, FloatBuffer.wrap(target));
  }

  /**
   * Copies an output's values.
   *
   * @param output the output's name
   * @param target the target, written from its position, which advances
   * @return the number of values
   * @throws IllegalArgumentException if the model has no such output or the target is too short
   * @throws IllegalStateException if the callback has returned
   * @throws InferenceException if the output is not a float32 tensor
   */
  int copy(String output, FloatBuffer target) {
    FloatBuffer values = floats(output);
    int count = values.remaining();
    if (target.remaining() < count) {
      throw new IllegalArgumentException(
          "output '"
              + output
              + "' holds "
              + count
              + " values, but the target has room for "
              + target.remaining());
    }
    target.put(values);
    return count;
  }

  private OnnxTensor tensor(String output) {
    if (!open) {
      throw new IllegalStateException(
          "a run's outputs can be read only within its callback, which has returned");
    }
    OnnxValue value =
        result
            .get(output)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the model has no output '"
                            + output
                            + "'; OnnxModel.outputs() lists them"));
    if (!(value instanceof OnnxTensor tensor)) {
      throw new InferenceException(
          "output '"
              + output
              + "' is "
              + value.getInfo()
              + " and not a tensor; export the model with tensor outputs");
    }
    return tensor;
  }
}
