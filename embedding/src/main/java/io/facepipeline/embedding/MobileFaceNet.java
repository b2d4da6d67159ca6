package io.facepipeline.embedding;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.emit.LayerEmitter;
import io.facepipeline.onnx.graph.Value;

/**
 * MobileFaceNet (Chen et al., MobileFaceNets: Efficient CNNs for Accurate Real-Time Face
 * Verification on Mobile Devices, 2018) as face.evoLVe builds it ({@code
 * backbone/MobileFaceNets.py}).
 */
final class MobileFaceNet implements Architecture {
  private static final float EPSILON = 1e-5f;

  @Override
  public String architecture() {
    return "MobileFaceNet";
  }

  @Override
  public boolean matches(Checkpoint checkpoint) {
    return checkpoint.contains("conv2_dw.conv.weight") && checkpoint.contains("linear.weight");
  }

  @Override
  public int embeddingSize(Checkpoint checkpoint) {
    return checkpoint.tensor("linear.weight").shape()[0];
  }

  @Override
  public Value emit(LayerEmitter layers, Value x) {
    x = convBlock(layers, x, "conv1", 2, 1, 1);
    x = convBlock(layers, x, "conv2_dw", 1, 1, 64);
    x = depthwise(layers, x, "conv_23", 2, 128);
    x = residual(layers, x, "conv_3", 4, 128);
    x = depthwise(layers, x, "conv_34", 2, 256);
    x = residual(layers, x, "conv_4", 6, 256);
    x = depthwise(layers, x, "conv_45", 2, 512);
    x = residual(layers, x, "conv_5", 2, 256);
    x = convBlock(layers, x, "conv_6_sep", 1, 0, 1);
    x = linearBlock(layers, x, "conv_6_dw", 1, 0, 512);
    x = layers.graph().flatten(x);
    return layers.batchNorm(layers.dense(x, "linear"), "bn", EPSILON);
  }

  private static Value residual(LayerEmitter layers, Value x, String name, int blocks, int groups) {
    for (int i = 0; i < blocks; i++) {
      x = layers.graph().add(x, depthwise(layers, x, name + ".model." + i, 1, groups));
    }
    return x;
  }

  private static Value depthwise(LayerEmitter layers, Value x, String name, int stride, int width) {
    x = convBlock(layers, x, name + ".conv", 1, 0, 1);
    x = convBlock(layers, x, name + ".conv_dw", stride, 1, width);
    return linearBlock(layers, x, name + ".project", 1, 0, 1);
  }

  private static Value convBlock(
      LayerEmitter layers, Value x, String name, int stride, int pad, int groups) {
    return layers.prelu(linearBlock(layers, x, name, stride, pad, groups), name + ".prelu");
  }

  private static Value linearBlock(
      LayerEmitter layers, Value x, String name, int stride, int pad, int groups) {
    Value convolved = layers.conv(x, name + ".conv", stride, pad, groups);
    return layers.batchNorm(convolved, name + ".bn", EPSILON);
  }
}
