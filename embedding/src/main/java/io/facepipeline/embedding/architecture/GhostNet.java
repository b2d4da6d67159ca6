package io.facepipeline.embedding.architecture;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;
import java.util.List;

/**
 * GhostNet (Han et al., GhostNet: More Features from Cheap Operations, 2020) as
 * github.com/ZhaoJ9014/face.evoLVe builds it for faces ({@code backbone/GhostNet.py}): half of a
 * module's channels are computed from the other half by a depthwise convolution.
 */
final class GhostNet implements Architecture {
  private static final float EPSILON = 1e-5f;
  private static final Window POINT = Window.square(1, 1, 0);
  private static final Window AROUND = Window.square(3, 1, 1);

  private static final int STEM = 16;
  private static final int WIDEST = 960;

  /** Of the images behind the last block, a 16th of 112. */
  private static final int SIDE = 7;

  /** A bottleneck: kernel, channels inside and behind, squeeze and excitation, stride. */
  private record Block(int kernel, int width, int channels, boolean excited, int stride) {}

  private static final List<List<Block>> STAGES =
      List.of(
          List.of(new Block(3, 16, 16, false, 1)),
          List.of(new Block(3, 48, 24, false, 2)),
          List.of(new Block(3, 72, 24, false, 1)),
          List.of(new Block(5, 72, 40, true, 2)),
          List.of(new Block(5, 120, 40, true, 1)),
          List.of(new Block(3, 240, 80, false, 2)),
          List.of(
              new Block(3, 200, 80, false, 1),
              new Block(3, 184, 80, false, 1),
              new Block(3, 184, 80, false, 1),
              new Block(3, 480, 112, true, 1),
              new Block(3, 672, 112, true, 1)),
          List.of(new Block(5, 672, 160, true, 2)),
          List.of(
              new Block(5, 960, 160, false, 1),
              new Block(5, 960, 160, true, 1),
              new Block(5, 960, 160, false, 1),
              new Block(5, 960, 160, true, 1)));

  @Override
  public String name() {
    return "GhostNet";
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    return checkpoint.tensor("output_layer.3.weight").shape()[0];
  }

  @Override
  public <V> V forward(Layers<V> layers, V x, int outputs) {
    x = layers.conv2d(x, "conv_stem", STEM, AROUND, false);
    x = layers.relu(layers.batchNorm(x, "bn1", EPSILON));
    int channels = STEM;
    for (int stage = 0; stage < STAGES.size(); stage++) {
      List<Block> blocks = STAGES.get(stage);
      for (int i = 0; i < blocks.size(); i++) {
        x = bottleneck(layers, x, "blocks." + stage + "." + i, channels, blocks.get(i));
        channels = blocks.get(i).channels();
      }
    }
    String last = "blocks." + STAGES.size() + ".0";
    x = layers.conv2d(x, last + ".conv", WIDEST, POINT, false);
    x = layers.relu(layers.batchNorm(x, last + ".bn1", EPSILON));
    x = layers.flatten(layers.batchNorm(x, "output_layer.0", EPSILON));
    x = layers.linear(x, "output_layer.3", WIDEST * SIDE * SIDE, outputs, true);
    return layers.batchNorm(x, "output_layer.4", EPSILON);
  }

  private static <V> V bottleneck(Layers<V> layers, V x, String name, int channels, Block block) {
    Window window = Window.square(block.kernel(), block.stride(), block.kernel() / 2);
    V inner = ghost(layers, x, name + ".ghost1", block.width(), true);
    if (block.stride() > 1) {
      inner = layers.conv2d(inner, name + ".conv_dw", block.width(), window, block.width(), false);
      inner = layers.batchNorm(inner, name + ".bn_dw", EPSILON);
    }
    if (block.excited()) {
      inner = excite(layers, inner, name + ".se", block.width());
    }
    inner = ghost(layers, inner, name + ".ghost2", block.channels(), false);
    V shortcut = x;
    if (block.stride() > 1 || channels != block.channels()) {
      shortcut = layers.conv2d(x, name + ".shortcut.0", channels, window, channels, false);
      shortcut = layers.batchNorm(shortcut, name + ".shortcut.1", EPSILON);
      shortcut = layers.conv2d(shortcut, name + ".shortcut.2", block.channels(), POINT, false);
      shortcut = layers.batchNorm(shortcut, name + ".shortcut.3", EPSILON);
    }
    return layers.add(inner, shortcut);
  }

  private static <V> V ghost(Layers<V> layers, V x, String name, int channels, boolean relu) {
    int half = channels / 2;
    V first = layers.conv2d(x, name + ".primary_conv.0", half, POINT, false);
    first = layers.batchNorm(first, name + ".primary_conv.1", EPSILON);
    first = relu ? layers.relu(first) : first;
    V cheap = layers.conv2d(first, name + ".cheap_operation.0", half, AROUND, half, false);
    cheap = layers.batchNorm(cheap, name + ".cheap_operation.1", EPSILON);
    return layers.concat(1, List.of(first, relu ? layers.relu(cheap) : cheap));
  }

  private static <V> V excite(Layers<V> layers, V x, String name, int width) {
    // A quarter, to the nearest multiple of four.
    int squeezed = (width / 4 + 2) / 4 * 4;
    V gate = layers.globalAveragePool(x);
    gate = layers.relu(layers.conv2d(gate, name + ".conv_reduce", squeezed, POINT, true));
    gate = layers.conv2d(gate, name + ".conv_expand", width, POINT, true);
    V clipped = layers.clip(layers.affine(gate, 1, 3), 0, 6);
    return layers.mul(x, layers.affine(clipped, 1 / 6f, 0));
  }
}
