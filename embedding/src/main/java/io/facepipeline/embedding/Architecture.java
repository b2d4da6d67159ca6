package io.facepipeline.embedding;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.emit.LayerEmitter;
import io.facepipeline.onnx.graph.Value;
import java.util.List;
import java.util.Optional;

/**
 * A network whose graph is built from the tensors of a checkpoint. Whoever has a network of his own
 * implements this, names the class in {@code
 * META-INF/services/io.facepipeline.embedding.Architecture} (and in his {@code module-info}), and
 * describes the weights in a catalog ({@link io.facepipeline.onnx.catalog.ModelCatalog}); then
 * {@link Backbone} and {@link ModelFile} load them like those that the library knows.
 *
 * <p>Implementations are stateless and thread-safe.
 */
public interface Architecture {
  /**
   * {@return the name by which cards and catalogs call it, such as {@code IR-50}; no other
   * architecture has it}
   */
  String name();

  /** {@return the number of channels of the images it takes; 3 unless overridden} */
  default int inputChannels() {
    return 3;
  }

  /**
   * {@return how many numbers it gives for an image: the features of an embedding, or classes}
   *
   * @param checkpoint weights that fit it
   */
  int outputSize(Checkpoint checkpoint);

  /**
   * {@return how the names of tensors begin that a checkpoint may have beyond the network's, such
   * as the classifier it was trained with; none unless overridden}
   */
  default List<String> ignoredPrefixes() {
    return List.of();
  }

  /**
   * {@return this network and, behind its features, the classifier it was trained with, which gives
   * a number per class; empty unless overridden}
   */
  default Optional<Architecture> withClasses() {
    return Optional.empty();
  }

  /**
   * Emits the network. Which tensors the emitter hands out is what a checkpoint must have to be of
   * this architecture: one that lacks a tensor, has it in another shape, or has tensors that nobody
   * asked for is of another.
   *
   * @param layers emits layers with the checkpoint's tensors
   * @param x scaled images [n, channels, height, width]
   * @return features [n, output size], as the network returns them, of unit length or not
   */
  Value emit(LayerEmitter layers, Value x);

  /**
   * {@return the architectures that are known: the library's, then those that the service loader
   * finds by this class's own loader and the current thread's context loader}
   */
  static List<Architecture> known() {
    return Architectures.known();
  }

  /**
   * {@return the architecture of a name}
   *
   * @param name such as {@code IR-50}
   * @throws IllegalArgumentException if there is none; the message names those there are
   */
  static Architecture named(String name) {
    return Architectures.named(name);
  }
}
