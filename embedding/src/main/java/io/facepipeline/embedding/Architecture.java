package io.facepipeline.embedding;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.emit.LayerEmitter;
import io.facepipeline.onnx.graph.Value;
import java.util.List;

/** A network whose graph can be emitted from a checkpoint. Implementations are stateless. */
interface Architecture {
  /** The name by which cards call it. */
  String architecture();

  /** The number of channels of the crops it takes. */
  default int inputChannels() {
    return 3;
  }

  /** The number of features it computes from the weights of a checkpoint that fits. */
  int embeddingSize(Checkpoint checkpoint);

  /**
   * How the names of tensors begin that a checkpoint may have beyond the network's: the classifier
   * it was trained with.
   */
  default List<String> ignoredPrefixes() {
    return List.of();
  }

  /**
   * Emits the network.
   *
   * @param x scaled crops [n, channels, height, width]
   * @return features [n, embedding size], as the network returns them, of unit length or not
   */
  Value emit(LayerEmitter layers, Value x);
}
