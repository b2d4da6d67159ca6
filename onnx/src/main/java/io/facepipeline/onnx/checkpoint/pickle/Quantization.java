package io.facepipeline.onnx.checkpoint.pickle;

import io.facepipeline.onnx.checkpoint.bytes.CheckpointFile;
import io.facepipeline.onnx.checkpoint.bytes.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * How the whole numbers of a quantized PyTorch tensor stand for others: {@code (q - zeroPoint) *
 * scale}, both of the tensor or of each channel of one axis. See {@code torch/_utils.py}, function
 * {@code _rebuild_qtensor}.
 *
 * @param scale of the tensor
 * @param zeroPoint of the tensor
 * @param scales of the channels; null if the tensor has one
 * @param zeroPoints of the channels; null if the tensor has one
 * @param axis of the channels
 */
public record Quantization(
    double scale,
    double zeroPoint,
    @Nullable PickledTensor scales,
    @Nullable PickledTensor zeroPoints,
    int axis) {
  private static final String PER_TENSOR = "torch.per_tensor_affine";
  private static final String PER_CHANNEL = "torch.per_channel_affine";
  private static final String PER_CHANNEL_FLOAT = "torch.per_channel_affine_float_qparams";

  /** Of (scheme, scale, zero point) or (scheme, scales, zero points, axis). */
  static Quantization of(CheckpointFile file, PyTuple parameters) {
    String scheme =
        parameters.size() > 0 && parameters.get(0) instanceof Global global
            ? global.name()
            : "none";
    if (scheme.equals(PER_TENSOR)
        && parameters.size() == 3
        && parameters.get(1) instanceof Double scale
        && parameters.get(2) instanceof Long zeroPoint) {
      return new Quantization(scale, zeroPoint, null, null, 0);
    }
    if ((scheme.equals(PER_CHANNEL) || scheme.equals(PER_CHANNEL_FLOAT))
        && parameters.size() == 4
        && parameters.get(1) instanceof PickledTensor scales
        && parameters.get(2) instanceof PickledTensor zeroPoints
        && parameters.get(3) instanceof Long axis
        && axis >= 0
        && axis < Shapes.MAX_RANK) {
      return new Quantization(1, 0, scales, zeroPoints, axis.intValue());
    }
    throw file.problem(
        "holds a quantized tensor of the scheme "
            + scheme
            + ", which this library does not read; dequantize it in Python");
  }
}
