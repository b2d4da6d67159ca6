package io.facepipeline.training.embedder;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.layers.Layers;
import java.util.List;

/**
 * A network that is trained on the crops that it runs on, although it could be trained on shrunk
 * ones: where each crop is scaled by its own deviation, that must be the whole crop's.
 *
 * @param network on whole crops
 */
record WholeCrops(Architecture network) implements Architecture {
  @Override
  public String name() {
    return network.name();
  }

  @Override
  public int inputChannels() {
    return network.inputChannels();
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    return network.outputSize(checkpoint);
  }

  @Override
  public List<String> ignoredPrefixes() {
    return network.ignoredPrefixes();
  }

  @Override
  public <V> V forward(Layers<V> layers, V x, int outputs) {
    return network.forward(layers, x, outputs);
  }
}
