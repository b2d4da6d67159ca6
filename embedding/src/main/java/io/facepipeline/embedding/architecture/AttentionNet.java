package io.facepipeline.embedding.architecture;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;
import java.util.ArrayList;
import java.util.List;

/**
 * Residual attention networks (Wang et al., Residual Attention Network for Image Classification,
 * 2017) as github.com/ZhaoJ9014/face.evoLVe builds them for faces ({@code
 * backbone/AttentionNets.py}): a mask that sees the image at smaller sizes weighs what a trunk of
 * residual blocks finds.
 */
final class AttentionNet implements Architecture {
  private static final float EPSILON = 1e-5f;
  private static final Window POINT = Window.square(1, 1, 0);
  private static final Window HALVING = Window.square(3, 2, 1);
  private static final String BODY = "attention_body.";

  private static final int FIRST_WIDTH = 256;

  /** Of the images behind the last block: channels, and a 16th of 112. */
  private static final int WIDEST = 2048;

  private static final int SIDE = 7;

  private final String name;

  /** The attention modules of each stage. */
  private final int[] modules;

  private AttentionNet(String name, int... modules) {
    this.name = name;
    this.modules = modules;
  }

  /** The network of 56 layers. */
  static AttentionNet of56() {
    return new AttentionNet("AttentionNet-IR-56", 1, 1, 1);
  }

  /** The network of 92 layers. */
  static AttentionNet of92() {
    return new AttentionNet("AttentionNet-IR-92", 1, 2, 3);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    return checkpoint.tensor("output_layer.1.weight").shape()[0];
  }

  @Override
  public <V> V forward(Layers<V> layers, V x, int outputs) {
    x = layers.conv2d(x, "conv1.0", 64, Window.square(7, 2, 3), false);
    x = layers.relu(layers.batchNorm(x, "conv1.1", EPSILON));
    int part = 0;
    int in = 64;
    for (int stage = 0; stage < modules.length; stage++) {
      int width = FIRST_WIDTH << stage;
      x = residual(layers, x, BODY + part++, in, width, stage == 0 ? 1 : 2);
      for (int i = 0; i < modules[stage]; i++) {
        x = attention(layers, x, BODY + part++ + ".", width, modules.length - stage);
      }
      in = width;
    }
    x = residual(layers, x, BODY + part++, in, WIDEST, 2);
    x = residual(layers, x, BODY + part++, WIDEST);
    x = layers.flatten(residual(layers, x, BODY + part, WIDEST));
    x = layers.linear(x, "output_layer.1", WIDEST * SIDE * SIDE, outputs, false);
    return layers.batchNorm(x, "output_layer.2", EPSILON);
  }

  /** A trunk, and a mask that halves the image so many times and enlarges it again. */
  private static <V> V attention(Layers<V> layers, V x, String name, int width, int halvings) {
    x = residual(layers, x, name + "first_residual_blocks", width);
    V trunk = pair(layers, x, name + "trunk_branches", width);
    List<V> ways = new ArrayList<>();
    List<V> skips = new ArrayList<>();
    V mask = x;
    for (int i = 1; i < halvings; i++) {
      mask = layers.maxPool(mask, HALVING);
      mask = residual(layers, mask, name + "softmax" + i + "_blocks", width);
      ways.add(mask);
      skips.add(residual(layers, mask, name + "skip" + i + "_connection_residual_block", width));
    }
    mask = layers.maxPool(mask, HALVING);
    mask = pair(layers, mask, name + "softmax" + halvings + "_blocks", width);
    int block = halvings + 1;
    for (int i = halvings - 2; i >= 0; i--) {
      mask = layers.add(layers.add(layers.upsample(mask, 2), ways.get(i)), skips.get(i));
      mask = residual(layers, mask, name + "softmax" + block++ + "_blocks", width);
    }
    mask = layers.add(layers.upsample(mask, 2), trunk);
    String last = name + "softmax" + block + "_blocks.";
    mask = layers.relu(layers.batchNorm(mask, last + 0, EPSILON));
    mask = layers.conv2d(mask, last + 2, width, POINT, false);
    mask = layers.relu(layers.batchNorm(mask, last + 3, EPSILON));
    mask = layers.sigmoid(layers.conv2d(mask, last + 5, width, POINT, false));
    V weighed = layers.mul(layers.affine(mask, 1, 1), trunk);
    return residual(layers, weighed, name + "last_blocks", width);
  }

  private static <V> V pair(Layers<V> layers, V x, String name, int width) {
    return residual(layers, residual(layers, x, name + ".0", width), name + ".1", width);
  }

  private static <V> V residual(Layers<V> layers, V x, String name, int width) {
    return residual(layers, x, name, width, width, 1);
  }

  private static <V> V residual(Layers<V> layers, V x, String name, int in, int out, int stride) {
    V first = layers.relu(layers.batchNorm(x, name + ".bn1", EPSILON));
    V inner = layers.conv2d(first, name + ".conv1", out / 4, POINT, false);
    inner = layers.relu(layers.batchNorm(inner, name + ".bn2", EPSILON));
    inner = layers.conv2d(inner, name + ".conv2", out / 4, Window.square(3, stride, 1), false);
    inner = layers.relu(layers.batchNorm(inner, name + ".bn3", EPSILON));
    inner = layers.conv2d(inner, name + ".conv3", out, POINT, false);
    V shortcut = x;
    if (in != out || stride > 1) {
      shortcut = layers.conv2d(first, name + ".conv4", out, Window.square(1, stride, 0), false);
    } else {
      // Every block has these weights, also where the image itself is the shortcut.
      layers.parameter(name + ".conv4.weight", 0, out, in, 1, 1);
    }
    return layers.add(inner, shortcut);
  }
}
