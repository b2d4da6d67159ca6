package io.facepipeline.embedding.architecture;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.layers.Layers;
import java.util.List;
import java.util.Optional;

/**
 * A network that was made to classify images: a trunk, and one layer that makes a number per class
 * of the trunk's features. Whoever trains it for something else replaces that layer by one with
 * another number of outputs: other classes, or the dimensions of an embedding.
 */
final class ImageNetwork implements Architecture {
  /** What comes out. */
  private enum Output {
    /** The features before the last layer. */
    FEATURES,
    /** The last layer's, where its outputs are classes. */
    CLASSES,
    /** The last layer's, where its outputs are an embedding. */
    EMBEDDING
  }

  /** All but the last layer. */
  interface Trunk {
    /** Emits it: features [n, features] of images [n, 3, height, width]. */
    <V> V features(Layers<V> layers, V x);

    /** Emits the last layer, which is a dense one unless overridden. */
    default <V> V last(Layers<V> layers, V features, String name, int inputs, int outputs) {
      return layers.linear(features, name, inputs, outputs, true);
    }
  }

  private final String name;
  private final String last;
  private final int features;
  private final Trunk trunk;
  private final Output output;

  /**
   * A network that gives its features.
   *
   * @param name of the architecture
   * @param last the name of its last layer
   * @param features the number of features that the trunk gives
   */
  ImageNetwork(String name, String last, int features, Trunk trunk) {
    this(name, last, features, trunk, Output.FEATURES);
  }

  private ImageNetwork(String name, String last, int features, Trunk trunk, Output output) {
    this.name = name;
    this.last = last;
    this.features = features;
    this.trunk = trunk;
    this.output = output;
  }

  /** {@return the architecture whose last layer gives an embedding} */
  ImageNetwork embedding() {
    return new ImageNetwork(name + " embedding", last, features, trunk, Output.EMBEDDING);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    return output == Output.FEATURES ? features : checkpoint.tensor(last + ".weight").shape()[0];
  }

  @Override
  public List<String> ignoredPrefixes() {
    return output == Output.FEATURES ? List.of(last + ".") : List.of();
  }

  @Override
  public Optional<Architecture> withClasses() {
    return output == Output.FEATURES
        ? Optional.of(new ImageNetwork(name, last, features, trunk, Output.CLASSES))
        : Optional.empty();
  }

  @Override
  public <V> V forward(Layers<V> layers, V x, int outputs) {
    V known = trunk.features(layers, x);
    return output == Output.FEATURES ? known : trunk.last(layers, known, last, features, outputs);
  }
}
