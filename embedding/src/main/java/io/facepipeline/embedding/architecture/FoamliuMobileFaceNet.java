package io.facepipeline.embedding.architecture;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;

/**
 * The MobileFaceNet of github.com/foamliu/MobileFaceNet: MobileNetV2's inverted residuals with
 * ReLU6, a global depthwise convolution, and a 1x1 convolution to the features.
 */
final class FoamliuMobileFaceNet implements Architecture {
  private static final float EPSILON = 1e-5f;

  private static final Window POINT = Window.square(1, 1, 0);

  /** Blocks, first stride, widening and channels of each stage. */
  private static final int[][] STAGES = {
    {5, 2, 2, 64}, {1, 2, 4, 128}, {6, 1, 2, 128}, {1, 2, 4, 128}, {2, 1, 2, 128}
  };

  @Override
  public String name() {
    return "MobileFaceNet (foamliu)";
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    return checkpoint.tensor("conv3.weight").shape()[0];
  }

  @Override
  public <V> V forward(Layers<V> layers, V x, int outputs) {
    x = convRelu6(layers, x, "conv1", 64, Window.square(3, 2, 1), 1);
    x = layers.conv2d(x, "dw_conv.depthwise", 64, Window.square(3, 1, 1), 64, false);
    x = layers.relu(layers.batchNorm(x, "dw_conv.bn1", EPSILON));
    x = layers.conv2d(x, "dw_conv.pointwise", 64, POINT, false);
    x = layers.relu(layers.batchNorm(x, "dw_conv.bn2", EPSILON));
    x = layers.stage(x, "dw_conv");
    int block = 0;
    int channels = 64;
    for (int[] stage : STAGES) {
      for (int i = 0; i < stage[0]; i++) {
        // The first block of a stage changes the size or the channels, so it has no shortcut,
        // but for the third stage, whose first block keeps both.
        int stride = i == 0 ? stage[1] : 1;
        String name = "features." + block + ".conv";
        V inner = invertedResidual(layers, x, name, channels * stage[2], stride, stage[3]);
        x = stride == 1 ? layers.add(x, inner) : inner;
        x = layers.stage(x, "features." + block);
        channels = stage[3];
        block++;
      }
    }
    x = layers.stage(convRelu6(layers, x, "conv2", 512, POINT, 1), "conv2");
    x = layers.conv2d(x, "gdconv.depthwise", 512, Window.square(7, 1, 0), 512, false);
    x = layers.batchNorm(x, "gdconv.bn", EPSILON);
    x = layers.batchNorm(layers.conv2d(x, "conv3", outputs, POINT, true), "bn", EPSILON);
    return layers.flatten(x);
  }

  private static <V> V invertedResidual(
      Layers<V> layers, V x, String name, int width, int stride, int out) {
    x = convRelu6(layers, x, name + ".0", width, POINT, 1);
    x = convRelu6(layers, x, name + ".1", width, Window.square(3, stride, 1), width);
    return layers.batchNorm(layers.conv2d(x, name + ".2", out, POINT, false), name + ".3", EPSILON);
  }

  private static <V> V convRelu6(
      Layers<V> layers, V x, String name, int channels, Window window, int groups) {
    x = layers.conv2d(x, name + ".0", channels, window, groups, false);
    return layers.clip(layers.batchNorm(x, name + ".1", EPSILON), 0, 6);
  }
}
