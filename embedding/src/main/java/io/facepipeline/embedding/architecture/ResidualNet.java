package io.facepipeline.embedding.architecture;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;

/**
 * Residual networks of bottlenecks (He et al., Deep Residual Learning for Image Recognition, 2016)
 * as github.com/ZhaoJ9014/face.evoLVe builds them for faces ({@code backbone/model_resnet.py}).
 */
final class ResidualNet implements Architecture {
  private static final float EPSILON = 1e-5f;

  private final String name;
  private final int[] blocks;

  private ResidualNet(String name, int... blocks) {
    this.name = name;
    this.blocks = blocks;
  }

  static ResidualNet of50() {
    return new ResidualNet("ResNet-50", 3, 4, 6, 3);
  }

  static ResidualNet of101() {
    return new ResidualNet("ResNet-101", 3, 4, 23, 3);
  }

  static ResidualNet of152() {
    return new ResidualNet("ResNet-152", 3, 8, 36, 3);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    return checkpoint.tensor("fc.weight").shape()[0];
  }

  @Override
  public <V> V forward(Layers<V> layers, V x, int outputs) {
    x = layers.flatten(layers.batchNorm(trunk(layers, x, blocks), "bn_o1", EPSILON));
    return layers.batchNorm(layers.linear(x, "fc", 2048 * 4 * 4, outputs, true), "bn_o2", EPSILON);
  }

  /** The stem and the stages, which torchvision's networks have too: images of a 32nd the side. */
  static <V> V trunk(Layers<V> layers, V x, int... blocks) {
    x = convRelu(layers, x, "", 1, 64, Window.square(7, 2, 3));
    x = layers.maxPool(x, Window.square(3, 2, 1));
    for (int stage = 0; stage < blocks.length; stage++) {
      for (int i = 0; i < blocks[stage]; i++) {
        String block = "layer" + (stage + 1) + "." + i + ".";
        x = bottleneck(layers, x, block, 64 << stage, i == 0 && stage > 0 ? 2 : 1, i == 0);
      }
    }
    return x;
  }

  private static <V> V bottleneck(
      Layers<V> layers, V x, String name, int width, int stride, boolean widens) {
    Window point = Window.square(1, 1, 0);
    V inner = convRelu(layers, x, name, 1, width, point);
    inner = convRelu(layers, inner, name, 2, width, Window.square(3, stride, 1));
    inner = layers.conv2d(inner, name + "conv3", 4 * width, point, false);
    inner = layers.batchNorm(inner, name + "bn3", EPSILON);
    V shortcut = x;
    if (widens) {
      shortcut =
          layers.conv2d(x, name + "downsample.0", 4 * width, Window.square(1, stride, 0), false);
      shortcut = layers.batchNorm(shortcut, name + "downsample.1", EPSILON);
    }
    return layers.relu(layers.add(inner, shortcut));
  }

  private static <V> V convRelu(
      Layers<V> layers, V x, String name, int number, int width, Window window) {
    x = layers.conv2d(x, name + "conv" + number, width, window, false);
    return layers.relu(layers.batchNorm(x, name + "bn" + number, EPSILON));
  }
}
