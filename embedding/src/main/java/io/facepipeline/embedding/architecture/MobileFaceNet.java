package io.facepipeline.embedding.architecture;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;

/**
 * MobileFaceNet (Chen et al., MobileFaceNets: Efficient CNNs for Accurate Real-Time Face
 * Verification on Mobile Devices, 2018) as face.evoLVe builds it ({@code
 * backbone/MobileFaceNets.py}).
 */
final class MobileFaceNet implements Architecture {
  private static final float EPSILON = 1e-5f;
  private static final Window POINT = Window.square(1, 1, 0);

  @Override
  public String name() {
    return "MobileFaceNet";
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    return checkpoint.tensor("linear.weight").shape()[0];
  }

  @Override
  public <V> V forward(Layers<V> layers, V x, int outputs) {
    x = convBlock(layers, x, "conv1", 64, Window.square(3, 2, 1), 1);
    x = convBlock(layers, x, "conv2_dw", 64, Window.square(3, 1, 1), 64);
    x = depthwise(layers, x, "conv_23", 2, 128, 64);
    x = residual(layers, x, "conv_3", 4, 128, 64);
    x = depthwise(layers, x, "conv_34", 2, 256, 128);
    x = residual(layers, x, "conv_4", 6, 256, 128);
    x = depthwise(layers, x, "conv_45", 2, 512, 128);
    x = residual(layers, x, "conv_5", 2, 256, 128);
    x = convBlock(layers, x, "conv_6_sep", 512, POINT, 1);
    x = linearBlock(layers, x, "conv_6_dw", 512, Window.square(7, 1, 0), 512);
    x = layers.flatten(x);
    return layers.batchNorm(layers.linear(x, "linear", 512, outputs, false), "bn", EPSILON);
  }

  private static <V> V residual(
      Layers<V> layers, V x, String name, int blocks, int width, int out) {
    for (int i = 0; i < blocks; i++) {
      x = layers.add(x, depthwise(layers, x, name + ".model." + i, 1, width, out));
    }
    return x;
  }

  private static <V> V depthwise(
      Layers<V> layers, V x, String name, int stride, int width, int out) {
    x = convBlock(layers, x, name + ".conv", width, POINT, 1);
    x = convBlock(layers, x, name + ".conv_dw", width, Window.square(3, stride, 1), width);
    return linearBlock(layers, x, name + ".project", out, POINT, 1);
  }

  private static <V> V convBlock(
      Layers<V> layers, V x, String name, int channels, Window window, int groups) {
    return layers.prelu(linearBlock(layers, x, name, channels, window, groups), name + ".prelu");
  }

  private static <V> V linearBlock(
      Layers<V> layers, V x, String name, int channels, Window window, int groups) {
    V convolved = layers.conv2d(x, name + ".conv", channels, window, groups, false);
    return layers.batchNorm(convolved, name + ".bn", EPSILON);
  }
}
