package io.facepipeline.embedding.architecture;

import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;
import java.util.List;

/**
 * DPN-68 (Chen et al., Dual Path Networks, 2017) as github.com/Cadene/pretrained-models.pytorch
 * builds it ({@code models/dpn.py}): one path adds what a block finds, the other collects it. On
 * images of up to 224x224 its pooling at test time is the mean, as here.
 */
final class DualPathNet implements ImageNetwork.Trunk {
  private static final float EPSILON = 1e-3f;
  private static final Window POINT = Window.square(1, 1, 0);
  private static final int GROUPS = 32;
  private static final int FEATURES = 832;

  /** Channels that the first stage adds; twice as many with each stage. */
  private static final int WIDTH = 64;

  private static final int[] BLOCKS = {3, 4, 12, 3};

  /** Channels that a block of each stage collects. */
  private static final int[] GROWTH = {16, 32, 32, 64};

  /**
   * What a block gives.
   *
   * @param added the residual path
   * @param collected the dense path
   */
  private record Paths<V>(V added, V collected) {
    V joined(Layers<V> layers) {
      return layers.concat(1, List.of(added, collected));
    }
  }

  private DualPathNet() {}

  static ImageNetwork of68() {
    return new ImageNetwork("DPN-68", "last_linear", FEATURES, new DualPathNet());
  }

  @Override
  public <V> V features(Layers<V> layers, V x) {
    x = layers.conv2d(x, "features.conv1_1.conv", 10, Window.square(3, 2, 1), false);
    x = layers.maxPool(normRelu(layers, x, "features.conv1_1.bn"), Window.square(3, 2, 1));
    for (int stage = 0; stage < BLOCKS.length; stage++) {
      String name = "features.conv" + (stage + 2) + "_";
      Paths<V> paths = shortcut(layers, x, name + "1.", stage);
      paths = block(layers, x, paths, name + "1.", stage, stage > 0 ? 2 : 1);
      for (int i = 2; i <= BLOCKS[stage]; i++) {
        paths = block(layers, paths.joined(layers), paths, name + i + ".", stage, 1);
      }
      x = paths.joined(layers);
    }
    x = normRelu(layers, x, "features.conv5_bn_ac.bn");
    return layers.flatten(layers.globalAveragePool(x));
  }

  /** The last layer is a 1x1 convolution. */
  @Override
  public <V> V last(Layers<V> layers, V features, String name, int inputs, int outputs) {
    V images = layers.reshape(features, 0, inputs, 1, 1);
    return layers.flatten(layers.conv2d(images, name, outputs, POINT, true));
  }

  private static <V> Paths<V> shortcut(Layers<V> layers, V x, String name, int stage) {
    int stride = stage > 0 ? 2 : 1;
    Window window = Window.square(1, stride, 0);
    int width = WIDTH << stage;
    int outputs = width + 2 * GROWTH[stage];
    return paths(
        layers,
        convolved(layers, x, name + "c1x1_w_s" + stride, outputs, window, 1),
        width,
        2 * GROWTH[stage]);
  }

  private static <V> Paths<V> block(
      Layers<V> layers, V x, Paths<V> shortcut, String name, int stage, int stride) {
    int width = WIDTH << stage;
    int inner = 2 * width;
    x = convolved(layers, x, name + "c1x1_a", inner, POINT, 1);
    x = convolved(layers, x, name + "c3x3_b", inner, Window.square(3, stride, 1), GROUPS);
    x = convolved(layers, x, name + "c1x1_c", width + GROWTH[stage], POINT, 1);
    Paths<V> found = paths(layers, x, width, GROWTH[stage]);
    return new Paths<>(
        layers.add(shortcut.added, found.added),
        layers.concat(1, List.of(shortcut.collected, found.collected)));
  }

  private static <V> Paths<V> paths(Layers<V> layers, V x, int added, int collected) {
    List<V> parts = layers.split(x, 1, added, collected);
    return new Paths<>(parts.get(0), parts.get(1));
  }

  /** Normalized, rectified, and then convolved. */
  private static <V> V convolved(
      Layers<V> layers, V x, String name, int channels, Window window, int groups) {
    return layers.conv2d(
        normRelu(layers, x, name + ".bn"), name + ".conv", channels, window, groups, false);
  }

  private static <V> V normRelu(Layers<V> layers, V x, String name) {
    return layers.relu(layers.batchNorm(x, name, EPSILON));
  }
}
