package io.facepipeline.embedding;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.emit.LayerEmitter;
import io.facepipeline.onnx.graph.Value;

/**
 * The MobileFaceNet of github.com/foamliu/MobileFaceNet: MobileNetV2's inverted residuals with
 * ReLU6, a global depthwise convolution, and a 1x1 convolution to the features.
 */
final class FoamliuMobileFaceNet implements Architecture {
  private static final float EPSILON = 1e-5f;

  /** Blocks and first stride of each stage; the channels are those of the checkpoint. */
  private static final int[][] STAGES = {{5, 2}, {1, 2}, {6, 1}, {1, 2}, {2, 1}};

  @Override
  public String architecture() {
    return "MobileFaceNet (foamliu)";
  }

  @Override
  public boolean matches(Checkpoint checkpoint) {
    return checkpoint.contains("dw_conv.depthwise.weight")
        && checkpoint.contains("gdconv.depthwise.weight");
  }

  @Override
  public int embeddingSize(Checkpoint checkpoint) {
    return checkpoint.tensor("conv3.weight").shape()[0];
  }

  @Override
  public Value emit(LayerEmitter layers, Value x) {
    x = convRelu6(layers, x, "conv1", 2, 1, 1);
    x = layers.conv(x, "dw_conv.depthwise", 1, 1, 64);
    x = layers.graph().relu(layers.batchNorm(x, "dw_conv.bn1", EPSILON));
    x = layers.conv(x, "dw_conv.pointwise", 1, 0, 1);
    x = layers.graph().relu(layers.batchNorm(x, "dw_conv.bn2", EPSILON));
    int block = 0;
    for (int[] stage : STAGES) {
      for (int i = 0; i < stage[0]; i++) {
        // The first block of a stage changes the size or the channels, so it has no shortcut,
        // but for the third stage, whose first block keeps both.
        int stride = i == 0 ? stage[1] : 1;
        Value inner = invertedResidual(layers, x, "features." + block + ".conv", stride);
        x = stride == 1 ? layers.graph().add(x, inner) : inner;
        block++;
      }
    }
    x = convRelu6(layers, x, "conv2", 1, 0, 1);
    x = layers.conv(x, "gdconv.depthwise", 1, 0, 512);
    x = layers.batchNorm(x, "gdconv.bn", EPSILON);
    x = layers.batchNorm(layers.conv(x, "conv3", 1, 0, 1), "bn", EPSILON);
    return layers.graph().flatten(x);
  }

  private static Value invertedResidual(LayerEmitter layers, Value x, String name, int stride) {
    x = convRelu6(layers, x, name + ".0", 1, 0, 1);
    int width = layers.weights(name + ".1.0.weight").dim(0);
    x = convRelu6(layers, x, name + ".1", stride, 1, width);
    return layers.batchNorm(layers.conv(x, name + ".2", 1, 0, 1), name + ".3", EPSILON);
  }

  private static Value convRelu6(
      LayerEmitter layers, Value x, String name, int stride, int pad, int groups) {
    x = layers.conv(x, name + ".0", stride, pad, groups);
    return layers.graph().clip(layers.batchNorm(x, name + ".1", EPSILON), 0, 6);
  }
}
