package io.facepipeline.embedding.architecture;

import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;

/**
 * AlexNet (Krizhevsky, One weird trick for parallelizing convolutional neural networks, 2014) as
 * github.com/pytorch/vision builds it ({@code torchvision/models/alexnet.py}), for images of
 * 224x224, on which its adaptive pooling does nothing: 4096 features.
 */
final class AlexNet implements ImageNetwork.Trunk {
  private static final int FEATURES = 4096;

  private AlexNet() {}

  static ImageNetwork network() {
    return new ImageNetwork("torchvision AlexNet", "classifier.6", FEATURES, new AlexNet());
  }

  @Override
  public <V> V features(Layers<V> layers, V x) {
    x = layers.relu(layers.conv2d(x, "features.0", 64, Window.square(11, 4, 2), true));
    x = layers.maxPool(x, Window.square(3, 2, 0));
    x = layers.relu(layers.conv2d(x, "features.3", 192, Window.square(5, 1, 2), true));
    x = layers.maxPool(x, Window.square(3, 2, 0));
    x = layers.relu(layers.conv2d(x, "features.6", 384, Window.square(3, 1, 1), true));
    x = layers.relu(layers.conv2d(x, "features.8", 256, Window.square(3, 1, 1), true));
    x = layers.relu(layers.conv2d(x, "features.10", 256, Window.square(3, 1, 1), true));
    x = layers.flatten(layers.maxPool(x, Window.square(3, 2, 0)));
    x = layers.relu(layers.linear(x, "classifier.1", 256 * 6 * 6, FEATURES, true));
    return layers.relu(layers.linear(x, "classifier.4", FEATURES, FEATURES, true));
  }
}
