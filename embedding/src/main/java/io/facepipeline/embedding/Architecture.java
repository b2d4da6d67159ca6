package io.facepipeline.embedding;

import io.facepipeline.embedding.internal.Architectures;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.layers.Layers;
import java.util.List;
import java.util.Optional;

/**
 * A network, described once to be run and to be trained: its graph is built from the tensors of a
 * checkpoint, and the trainer builds it with tensors of its own. To add your own network, implement
 * this interface, name the class in {@code
 * META-INF/services/io.facepipeline.embedding.Architecture} (and in your {@code module-info}), and
 * describe the weights in a catalog ({@link io.facepipeline.onnx.catalog.ModelCatalog}); then
 * {@link Backbone} and {@link ModelFile} load them like the built-in ones.
 *
 * <p>Implementations are stateless and thread-safe.
 */
public interface Architecture {
  /** {@return its unique name in cards and catalogs, such as {@code IR-50}} */
  String name();

  /** {@return the number of channels of its images; 3 unless overridden} */
  default int inputChannels() {
    return 3;
  }

  /**
   * {@return the number of its outputs for an image: the features of an embedding, or classes}
   *
   * @param checkpoint weights that fit it
   */
  int outputSize(Checkpoint checkpoint);

  /**
   * {@return the prefixes of extra tensors that a checkpoint may have, such as the classifier it
   * was trained with; none unless overridden}
   */
  default List<String> ignoredPrefixes() {
    return List.of();
  }

  /**
   * {@return this network followed by the classifier it was trained with, which gives a number per
   * class; empty unless overridden}
   */
  default Optional<Architecture> withClasses() {
    return Optional.empty();
  }

  /**
   * {@return this network as it is trained: without what is done to images once, before the
   * training, and without what is done to features behind the losses; itself unless overridden}
   */
  default Architecture inTraining() {
    return this;
  }

  /**
   * The pass forward. A checkpoint is of this architecture if it has exactly the tensors of the
   * layers that are asked for here, in the right shapes.
   *
   * @param <V> a value
   * @param layers give the layers their tensors
   * @param x scaled images [n, channels, height, width]
   * @param outputs the number of outputs: of a checkpoint its {@link #outputSize}, of a new network
   *     what is wanted; ignored where the architecture itself decides
   * @return features [n, outputs], as the network returns them, not necessarily of unit length
   */
  <V> V forward(Layers<V> layers, V x, int outputs);

  /**
   * {@return the known architectures: the library's, then those that the service loader finds with
   * this class's loader and the current thread's context loader}
   */
  static List<Architecture> known() {
    return Architectures.known();
  }

  /**
   * {@return the architecture with a name}
   *
   * @param name the name, such as {@code IR-50}
   * @throws IllegalArgumentException if there is none; the message lists the known names
   */
  static Architecture named(String name) {
    return Architectures.named(name);
  }
}
