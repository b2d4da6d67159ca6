package io.facepipeline.embedding.architecture;

import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;
import java.util.List;

/**
 * DenseNet-121 (Huang et al., Densely Connected Convolutional Networks, 2017) as
 * github.com/pytorch/vision builds it ({@code torchvision/models/densenet.py}). The published
 * checkpoint writes {@code norm.1} for the {@code norm1} of newer ones; both load.
 */
final class DenseNet implements ImageNetwork.Trunk {
  private static final float EPSILON = 1e-5f;
  private static final Window POINT = Window.square(1, 1, 0);
  private static final int GROWTH = 32;
  private static final int[] BLOCKS = {6, 12, 24, 16};

  private DenseNet() {}

  static ImageNetwork of121() {
    return new ImageNetwork("torchvision DenseNet-121", "classifier", 1024, new DenseNet());
  }

  @Override
  public <V> V features(Layers<V> layers, V x) {
    String dot = layers.has("features.denseblock1.denselayer1.norm.1.weight", false) ? "." : "";
    int channels = 64;
    x = layers.conv2d(x, "features.conv0", channels, Window.square(7, 2, 3), false);
    x = layers.maxPool(normRelu(layers, x, "features.norm0"), Window.square(3, 2, 1));
    for (int block = 1; block <= BLOCKS.length; block++) {
      for (int i = 1; i <= BLOCKS[block - 1]; i++) {
        String name = "features.denseblock" + block + ".denselayer" + i + ".";
        x = layers.concat(1, List.of(x, layer(layers, x, name, dot)));
        channels += GROWTH;
      }
      if (block < BLOCKS.length) {
        channels /= 2;
        x = transition(layers, x, "features.transition" + block + ".", channels);
      }
    }
    return layers.flatten(layers.globalAveragePool(normRelu(layers, x, "features.norm5")));
  }

  private static <V> V layer(Layers<V> layers, V x, String name, String dot) {
    x = normRelu(layers, x, name + "norm" + dot + 1);
    x = layers.conv2d(x, name + "conv" + dot + 1, 4 * GROWTH, POINT, false);
    x = normRelu(layers, x, name + "norm" + dot + 2);
    return layers.conv2d(x, name + "conv" + dot + 2, GROWTH, Window.square(3, 1, 1), false);
  }

  private static <V> V transition(Layers<V> layers, V x, String name, int channels) {
    x = layers.conv2d(normRelu(layers, x, name + "norm"), name + "conv", channels, POINT, false);
    return layers.averagePool(x, Window.square(2, 2, 0), false);
  }

  private static <V> V normRelu(Layers<V> layers, V x, String name) {
    return layers.relu(layers.batchNorm(x, name, EPSILON));
  }
}
