package io.facepipeline.training.detector;

import io.facepipeline.detection.scan.ScanNetwork;
import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.layers.Layers;

/** The detector's network as something that can be trained. */
final class ScanArchitecture implements Architecture {
  @Override
  public String name() {
    return "Scan";
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    return ScanNetwork.NUMBERS;
  }

  @Override
  public <V> V forward(Layers<V> layers, V x, int outputs) {
    return ScanNetwork.forward(layers, x);
  }
}
