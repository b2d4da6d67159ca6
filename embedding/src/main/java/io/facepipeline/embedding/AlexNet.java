package io.facepipeline.embedding;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.emit.LayerEmitter;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Window;
import java.util.List;

/**
 * AlexNet (Krizhevsky, One weird trick for parallelizing convolutional neural networks, 2014) as
 * github.com/pytorch/vision builds it ({@code torchvision/models/alexnet.py}), for images of
 * 224x224, on which its adaptive pooling does nothing: 4096 features, or classes.
 */
final class AlexNet implements Architecture {
  private static final int FEATURES = 4096;

  private final Head head;

  AlexNet(Head head) {
    this.head = head;
  }

  @Override
  public String architecture() {
    return "torchvision AlexNet";
  }

  @Override
  public int embeddingSize(Checkpoint checkpoint) {
    return head == Head.LOGITS ? checkpoint.tensor("classifier.6.weight").shape()[0] : FEATURES;
  }

  @Override
  public List<String> ignoredPrefixes() {
    return head == Head.LOGITS ? List.of() : List.of("classifier.6.");
  }

  @Override
  public Value emit(LayerEmitter layers, Value x) {
    GraphBuilder graph = layers.graph();
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
    return head == Head.LOGITS ? layers.dense(x, "classifier.6", FEATURES) : x;
  }
}
