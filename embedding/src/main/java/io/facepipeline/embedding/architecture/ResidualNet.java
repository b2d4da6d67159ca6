package io.facepipeline.embedding.architecture;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.layers.Layers;

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
    x = ResidualTrunk.bottlenecks(blocks).images(layers, x);
    x = layers.flatten(layers.batchNorm(x, "bn_o1", EPSILON));
    return layers.batchNorm(layers.linear(x, "fc", 2048 * 4 * 4, outputs, true), "bn_o2", EPSILON);
  }
}
