package io.facepipeline.embedding.architecture;

import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;

/**
 * Residual networks (He et al., Deep Residual Learning for Image Recognition, 2016; Xie et al.,
 * Aggregated Residual Transformations for Deep Neural Networks, 2017; Hu et al.,
 * Squeeze-and-Excitation Networks, 2018) as github.com/pytorch/vision builds them ({@code
 * torchvision/models/resnet.py}), and with squeeze and excitation
 * github.com/Cadene/pretrained-models.pytorch ({@code models/senet.py}).
 */
final class ResidualTrunk implements ImageNetwork.Trunk {
  private static final float EPSILON = 1e-5f;
  private static final Window POINT = Window.square(1, 1, 0);
  private static final int REDUCTION = 16;

  /** The block that a network is built of. */
  private enum Block {
    /** Two 3x3 convolutions. */
    BASIC(1, 1, 1),
    /** A 3x3 convolution between two 1x1 ones. */
    BOTTLENECK(4, 1, 1),
    /** The same, twice as wide, its 3x3 convolution in 32 groups. */
    GROUPED(4, 2, 32),
    /** The same with squeeze and excitation. */
    EXCITED(4, 2, 32);

    private final int expansion;
    private final int widening;
    private final int groups;

    Block(int expansion, int widening, int groups) {
      this.expansion = expansion;
      this.widening = widening;
      this.groups = groups;
    }
  }

  private final Block block;
  private final int[] blocks;

  private ResidualTrunk(Block block, int... blocks) {
    this.block = block;
    this.blocks = blocks;
  }

  static ImageNetwork of18() {
    return of("torchvision ResNet-18", new ResidualTrunk(Block.BASIC, 2, 2, 2, 2));
  }

  static ImageNetwork of34() {
    return of("torchvision ResNet-34", new ResidualTrunk(Block.BASIC, 3, 4, 6, 3));
  }

  static ImageNetwork of50() {
    return of("torchvision ResNet-50", bottlenecks(3, 4, 6, 3));
  }

  static ImageNetwork of101() {
    return of("torchvision ResNet-101", bottlenecks(3, 4, 23, 3));
  }

  static ImageNetwork grouped50() {
    return of("torchvision ResNeXt-50 (32x4d)", new ResidualTrunk(Block.GROUPED, 3, 4, 6, 3));
  }

  static ImageNetwork excited50() {
    return new ImageNetwork(
        "SE-ResNeXt-50 (32x4d)", "last_linear", 2048, new ResidualTrunk(Block.EXCITED, 3, 4, 6, 3));
  }

  private static ImageNetwork of(String name, ResidualTrunk trunk) {
    return new ImageNetwork(name, "fc", 512 * trunk.block.expansion, trunk);
  }

  static ResidualTrunk bottlenecks(int... blocks) {
    return new ResidualTrunk(Block.BOTTLENECK, blocks);
  }

  @Override
  public <V> V features(Layers<V> layers, V x) {
    return layers.flatten(layers.globalAveragePool(images(layers, x)));
  }

  /** The stem and the stages: images of a 32nd the side. */
  <V> V images(Layers<V> layers, V x) {
    boolean excited = block == Block.EXCITED;
    x = convRelu(layers, x, excited ? "layer0." : "", 1, 64, Window.square(7, 2, 3), 1);
    x = layers.maxPool(x, excited ? Window.square(3, 2, 0).ceiling() : Window.square(3, 2, 1));
    for (int stage = 0; stage < blocks.length; stage++) {
      for (int i = 0; i < blocks[stage]; i++) {
        String name = "layer" + (stage + 1) + "." + i + ".";
        x = block(layers, x, name, stage, i == 0);
      }
    }
    return x;
  }

  private <V> V block(Layers<V> layers, V x, String name, int stage, boolean first) {
    int outputs = (64 << stage) * block.expansion;
    int stride = first && stage > 0 ? 2 : 1;
    V shortcut = x;
    if (first && (stage > 0 || block.expansion > 1)) {
      shortcut =
          layers.conv2d(x, name + "downsample.0", outputs, Window.square(1, stride, 0), false);
      shortcut = layers.batchNorm(shortcut, name + "downsample.1", EPSILON);
    }
    Window strided = Window.square(3, stride, 1);
    V inner;
    if (block == Block.BASIC) {
      inner = convRelu(layers, x, name, 1, outputs, strided, 1);
      inner = convNorm(layers, inner, name, 2, outputs, Window.square(3, 1, 1), 1);
    } else {
      int width = (64 << stage) * block.widening;
      inner = convRelu(layers, x, name, 1, width, POINT, 1);
      inner = convRelu(layers, inner, name, 2, width, strided, block.groups);
      inner = convNorm(layers, inner, name, 3, outputs, POINT, 1);
    }
    if (block == Block.EXCITED) {
      inner = excite(layers, inner, name + "se_module.", outputs);
    }
    return layers.relu(layers.add(inner, shortcut));
  }

  private static <V> V excite(Layers<V> layers, V x, String name, int channels) {
    V squeezed = layers.globalAveragePool(x);
    squeezed =
        layers.relu(layers.conv2d(squeezed, name + "fc1", channels / REDUCTION, POINT, true));
    return layers.mul(
        x, layers.sigmoid(layers.conv2d(squeezed, name + "fc2", channels, POINT, true)));
  }

  private static <V> V convRelu(
      Layers<V> layers, V x, String name, int number, int width, Window window, int groups) {
    return layers.relu(convNorm(layers, x, name, number, width, window, groups));
  }

  private static <V> V convNorm(
      Layers<V> layers, V x, String name, int number, int width, Window window, int groups) {
    x = layers.conv2d(x, name + "conv" + number, width, window, groups, false);
    return layers.batchNorm(x, name + "bn" + number, EPSILON);
  }
}
