package io.facepipeline.embedding.architecture;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.emit.LayerEmitter;
import io.facepipeline.onnx.emit.Operators;
import io.facepipeline.onnx.emit.Value;
import io.facepipeline.onnx.emit.Window;
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
  public Value emit(LayerEmitter layers, Value x) {
    Operators graph = layers.graph();
    x = graph.relu(layers.conv(x, "features.0", 64, Window.square(11, 4, 2), 1));
    x = graph.maxPool(x, 3, 2, 0, false);
    x = graph.relu(layers.conv(x, "features.3", 192, Window.square(5, 1, 2), 1));
    x = graph.maxPool(x, 3, 2, 0, false);
    x = graph.relu(layers.conv(x, "features.6", 384, Window.square(3, 1, 1), 1));
    x = graph.relu(layers.conv(x, "features.8", 256, Window.square(3, 1, 1), 1));
    x = graph.relu(layers.conv(x, "features.10", 256, Window.square(3, 1, 1), 1));
    x = graph.flatten(graph.maxPool(x, 3, 2, 0, false));
    x = graph.relu(layers.dense(x, "classifier.1", 256 * 6 * 6, FEATURES));
    x = graph.relu(layers.dense(x, "classifier.4", FEATURES, FEATURES));
    return classes ? layers.dense(x, "classifier.6", FEATURES) : x;
  }
}
