package io.facepipeline.embedding;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.emit.LayerEmitter;
import io.facepipeline.onnx.graph.Value;

/** A network whose graph can be emitted from a checkpoint. Implementations are stateless. */
interface Architecture {
  /** The name by which cards call it. */
  String architecture();

  /** Whether a checkpoint's tensors look like this architecture's. */
  boolean matches(Checkpoint checkpoint);

  /** The number of features it computes. */
  int embeddingSize(Checkpoint checkpoint);

  /**
   * Emits the network.
   *
   * @param x scaled crops [n, channels, height, width]
   * @return features [n, embedding size], not of unit length
   */
  Value emit(LayerEmitter layers, Value x);
}
