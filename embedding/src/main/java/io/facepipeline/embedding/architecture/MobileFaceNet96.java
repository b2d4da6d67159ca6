package io.facepipeline.embedding.architecture;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;

/**
 * MobileFaceNet (Chen et al. 2018) for crops of 112 rows and 96 columns, as
 * github.com/Xiaoccer/MobileFaceNet_Pytorch builds it ({@code core/model.py}): as in the paper, the
 * last layer is a convolution, and only blocks that keep the size have a shortcut.
 */
final class MobileFaceNet96 implements Architecture {
  private static final float EPSILON = 1e-5f;
  private static final Window POINT = Window.square(1, 1, 0);
  private static final int INNER = 512;

  /** What is left of a crop in front of the global depthwise convolution. */
  private static final Window WHOLE = Window.of(7, 6, 1, 0, 0);

  /** Expansion, channels, repetitions, stride of the first. */
  private static final int[][] STAGES = {
    {2, 64, 5, 2}, {4, 128, 1, 2}, {2, 128, 6, 1}, {4, 128, 1, 2}, {2, 128, 2, 1}
  };

  @Override
  public String name() {
    return "MobileFaceNet 112x96 (Xiaoccer)";
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    return checkpoint.tensor("linear1.conv.weight").shape()[0];
  }

  @Override
  public <V> V forward(Layers<V> layers, V x, int outputs) {
    x = block(layers, x, "conv1", 64, Window.square(3, 2, 1), 1);
    x = block(layers, x, "dw_conv1", 64, Window.square(3, 1, 1), 64);
    int channels = 64;
    int index = 0;
    for (int[] stage : STAGES) {
      for (int i = 0; i < stage[2]; i++) {
        int stride = i == 0 ? stage[3] : 1;
        x = bottleneck(layers, x, "blocks." + index + ".conv.", channels, stage, stride);
        channels = stage[1];
        index++;
      }
    }
    x = block(layers, x, "conv2", INNER, POINT, 1);
    x = linearBlock(layers, x, "linear7.conv", "linear7.bn", INNER, WHOLE, INNER);
    x = linearBlock(layers, x, "linear1.conv", "linear1.bn", outputs, POINT, 1);
    return layers.flatten(x);
  }

  private static <V> V bottleneck(
      Layers<V> layers, V x, String name, int channels, int[] stage, int stride) {
    int width = channels * stage[0];
    V inner = linearBlock(layers, x, name + 0, name + 1, width, POINT, 1);
    inner = layers.prelu(inner, name + 2);
    Window window = Window.square(3, stride, 1);
    inner = linearBlock(layers, inner, name + 3, name + 4, width, window, width);
    inner = layers.prelu(inner, name + 5);
    inner = linearBlock(layers, inner, name + 6, name + 7, stage[1], POINT, 1);
    return stride == 1 && channels == stage[1] ? layers.add(x, inner) : inner;
  }

  private static <V> V block(
      Layers<V> layers, V x, String name, int channels, Window window, int groups) {
    x = linearBlock(layers, x, name + ".conv", name + ".bn", channels, window, groups);
    return layers.prelu(x, name + ".prelu");
  }

  private static <V> V linearBlock(
      Layers<V> layers,
      V x,
      String convolution,
      String norm,
      int channels,
      Window window,
      int groups) {
    V convolved = layers.conv2d(x, convolution, channels, window, groups, false);
    return layers.batchNorm(convolved, norm, EPSILON);
  }
}
