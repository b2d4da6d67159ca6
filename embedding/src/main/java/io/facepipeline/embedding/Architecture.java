package io.facepipeline.embedding;

import io.facepipeline.embedding.internal.Architectures;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.emit.LayerEmitter;
import io.facepipeline.onnx.emit.Value;
import java.util.List;
import java.util.Optional;

/**
 * A network whose graph is built from the tensors of a checkpoint. To add your own network,
 * implement this interface, name the class in {@code
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
   * Emits the network. A checkpoint is of this architecture if it has exactly the tensors that are
   * requested from the emitter, in the right shapes.
   *
   * @param layers emits layers with the checkpoint's tensors
   * @param x scaled images [n, channels, height, width]
   * @return features [n, output size], as the network returns them, not necessarily of unit length
   */
  Value emit(LayerEmitter layers, Value x);

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
