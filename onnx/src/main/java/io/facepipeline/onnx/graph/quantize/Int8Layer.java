package io.facepipeline.onnx.graph.quantize;

import io.facepipeline.onnx.graph.Bytes;
import io.facepipeline.onnx.graph.RawTensor;
import io.facepipeline.onnx.graph.Tensor;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The constants of a convolution or dense layer in whole numbers.
 *
 * @param weights bytes, in the shape of the layer's weights
 * @param scales what a step of each output channel's weights is worth
 * @param zeros the bytes that stand for 0: zeros
 * @param bias in steps of input times weight
 * @param biasScales what such a step is worth
 */
record Int8Layer(Tensor weights, Weights scales, Tensor zeros, Tensor bias, Weights biasScales) {
  /** The greatest byte of a weight; its negative is the least, so that 0 stands for 0. */
  private static final int GREATEST = 127;

  /** A bias stays well within 32 bits, with room for the sum that it is added to. */
  private static final double GREATEST_BIAS = 1 << 29;

  /**
   * The layer with weights that have their output channels on the first axis.
   *
   * @param inputScale what a step of the input is worth
   * @param means of the input's channels, with which the bias makes up for what rounding the
   *     weights adds to the outputs on average (Nagel et al. 2019, "Data-Free Quantization")
   * @param groups of channels, each of which sees its own part of the input
   */
  static Int8Layer of(Weights weights, float[] bias, float inputScale, float[] means, int groups) {
    int outputs = weights.dim(0);
    int inner = weights.size() / outputs;
    int area = inner / weights.dim(1);
    float[] values = weights.values();
    byte[] bytes = new byte[values.length];
    float[] scales = new float[outputs];
    float[] biasScales = new float[outputs];
    ByteBuffer sums = ByteBuffer.allocate(Integer.BYTES * outputs).order(ByteOrder.LITTLE_ENDIAN);
    for (int o = 0; o < outputs; o++) {
      int first = o * inner;
      float greatest = 0;
      for (int i = first; i < first + inner; i++) {
        greatest = Math.max(greatest, Math.abs(values[i]));
      }
      double least = Math.abs(bias[o]) / (GREATEST_BIAS * inputScale);
      scales[o] = (float) Math.max(Math.max(greatest / GREATEST, least), Float.MIN_NORMAL);
      int firstChannel = o / (outputs / groups) * weights.dim(1);
      double added = 0;
      for (int i = 0; i < inner; i++) {
        float value = values[first + i];
        int step = Math.round(value / scales[o]);
        bytes[first + i] = (byte) step;
        added += ((double) step * scales[o] - value) * means[firstChannel + i / area];
      }
      biasScales[o] = scales[o] * inputScale;
      sums.putInt((int) Math.rint((bias[o] - added) / biasScales[o]));
    }
    int[] vector = {outputs};
    return new Int8Layer(
        raw(Tensor.INT8, weights.dims(), bytes),
        Weights.vector(scales),
        raw(Tensor.INT8, vector, new byte[outputs]),
        raw(Tensor.INT32, vector, sums.array()),
        Weights.vector(biasScales));
  }

  /** A byte by itself. */
  static Tensor unsignedByte(int value) {
    return raw(Tensor.UINT8, new int[0], new byte[] {(byte) value});
  }

  private static RawTensor raw(int type, int[] dims, byte[] bytes) {
    return new RawTensor(type, new Bytes(TensorProto.fields(type, dims, bytes)));
  }
}
