package io.facepipeline.embedding.architecture;

import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;

/**
 * VGG-16 (Simonyan and Zisserman, Very Deep Convolutional Networks for Large-Scale Image
 * Recognition, 2015), plain or with batch normalization, as github.com/pytorch/vision builds it
 * ({@code torchvision/models/vgg.py}), for images of 224x224, on which its adaptive pooling does
 * nothing: 4096 features.
 */
final class Vgg implements ImageNetwork.Trunk {
  private static final float EPSILON = 1e-5f;
  private static final int FEATURES = 4096;

  /** Convolutions of each stage, and their channels. */
  private static final int[][] STAGES = {{2, 64}, {2, 128}, {3, 256}, {3, 512}, {3, 512}};

  private final boolean normalized;

  private Vgg(boolean normalized) {
    this.normalized = normalized;
  }

  static ImageNetwork of16(boolean normalized) {
    return new ImageNetwork(
        "torchvision VGG-16" + (normalized ? " BN" : ""),
        "classifier.6",
        FEATURES,
        new Vgg(normalized));
  }

  @Override
  public <V> V features(Layers<V> layers, V x) {
    int number = 0;
    for (int[] stage : STAGES) {
      for (int i = 0; i < stage[0]; i++) {
        x = layers.conv2d(x, "features." + number++, stage[1], Window.square(3, 1, 1), true);
        if (normalized) {
          x = layers.batchNorm(x, "features." + number++, EPSILON);
        }
        x = layers.relu(x);
        number++;
      }
      x = layers.maxPool(x, Window.square(2, 2, 0));
      number++;
    }
    x = layers.relu(layers.linear(layers.flatten(x), "classifier.0", 512 * 7 * 7, FEATURES, true));
    return layers.relu(layers.linear(x, "classifier.3", FEATURES, FEATURES, true));
  }
}
