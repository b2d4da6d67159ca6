package io.facepipeline.embedding.architecture;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;
import java.util.List;
import java.util.Optional;

/**
 * AlexNet (Krizhevsky, One weird trick for parallelizing convolutional neural networks, 2014) as
 * github.com/pytorch/vision builds it ({@code torchvision/models/alexnet.py}), for images of
 * 224x224, on which its adaptive pooling does nothing: 4096 features, or classes.
 */
final class AlexNet implements Architecture {
  private static final int FEATURES = 4096;

  /** Whether it gives numbers for classes, not what it knows of an image before them. */
  private final boolean classes;

  AlexNet() {
    this(false);
  }

  private AlexNet(boolean classes) {
    this.classes = classes;
  }

  @Override
  public String name() {
    return "torchvision AlexNet";
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    return classes ? checkpoint.tensor("classifier.6.weight").shape()[0] : FEATURES;
  }

  @Override
  public List<String> ignoredPrefixes() {
    return classes ? List.of() : List.of("classifier.6.");
  }

  @Override
  public Optional<Architecture> withClasses() {
    return Optional.of(new AlexNet(true));
  }

  @Override
  public <V> V forward(Layers<V> layers, V x, int outputs) {
    x = layers.relu(layers.conv2d(x, "features.0", 64, Window.square(11, 4, 2), true));
    x = layers.maxPool(x, Window.square(3, 2, 0));
    x = layers.relu(layers.conv2d(x, "features.3", 192, Window.square(5, 1, 2), true));
    x = layers.maxPool(x, Window.square(3, 2, 0));
    x = layers.relu(layers.conv2d(x, "features.6", 384, Window.square(3, 1, 1), true));
    x = layers.relu(layers.conv2d(x, "features.8", 256, Window.square(3, 1, 1), true));
    x = layers.relu(layers.conv2d(x, "features.10", 256, Window.square(3, 1, 1), true));
    x = layers.flatten(layers.maxPool(x, Window.square(3, 2, 0)));
    x = layers.relu(layers.linear(x, "classifier.1", 256 * 6 * 6, FEATURES, true));
    x = layers.relu(layers.linear(x, "classifier.4", FEATURES, FEATURES, true));
    return classes ? layers.linear(x, "classifier.6", FEATURES, outputs, true) : x;
  }
}
