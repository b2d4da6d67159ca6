package io.facepipeline.embedding;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.emit.LayerEmitter;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import java.util.List;

/**
 * AlexNet (Krizhevsky, One weird trick for parallelizing convolutional neural networks, 2014) as
 * github.com/pytorch/vision builds it ({@code torchvision/models/alexnet.py}), for images of
 * 224x224, on which its adaptive pooling does nothing: 4096 features, or classes.
 */
final class AlexNet implements Architecture {
  private final Head head;

  AlexNet(Head head) {
    this.head = head;
  }

  @Override
  public String architecture() {
    return "torchvision AlexNet";
  }

  @Override
  public boolean matches(Checkpoint checkpoint) {
    return checkpoint.contains("features.0.weight")
        && checkpoint.contains("features.10.weight")
        && checkpoint.contains("classifier.1.weight")
        && checkpoint.contains("classifier.6.weight");
  }

  @Override
  public int embeddingSize(Checkpoint checkpoint) {
    return checkpoint.tensor("classifier.6.weight").shape()[head == Head.LOGITS ? 0 : 1];
  }

  @Override
  public List<String> ignoredPrefixes() {
    return head == Head.LOGITS ? List.of() : List.of("classifier.6.");
  }

  @Override
  public Value emit(LayerEmitter layers, Value x) {
    GraphBuilder graph = layers.graph();
    x = graph.relu(layers.conv(x, "features.0", 4, 2, 1));
    x = graph.maxPool(x, 3, 2, 0, false);
    x = graph.relu(layers.conv(x, "features.3", 1, 2, 1));
    x = graph.maxPool(x, 3, 2, 0, false);
    x = graph.relu(layers.conv(x, "features.6", 1, 1, 1));
    x = graph.relu(layers.conv(x, "features.8", 1, 1, 1));
    x = graph.relu(layers.conv(x, "features.10", 1, 1, 1));
    x = graph.flatten(graph.maxPool(x, 3, 2, 0, false));
    x = graph.relu(layers.dense(x, "classifier.1"));
    x = graph.relu(layers.dense(x, "classifier.4"));
    return head == Head.LOGITS ? layers.dense(x, "classifier.6") : x;
  }
}
