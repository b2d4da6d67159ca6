package io.facepipeline.embedding;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.emit.LayerEmitter;
import io.facepipeline.onnx.graph.Value;
import java.util.List;

/**
 * ResNet-50 (He et al., Deep Residual Learning for Image Recognition, 2016) as
 * github.com/pytorch/vision builds it ({@code torchvision/models/resnet.py}): 2048 features, or
 * classes.
 */
final class TorchvisionResNet50 implements Architecture {
  private static final int FEATURES = 2048;

  private final Head head;

  TorchvisionResNet50(Head head) {
    this.head = head;
  }

  @Override
  public String architecture() {
    return "torchvision ResNet-50";
  }

  @Override
  public int embeddingSize(Checkpoint checkpoint) {
    return head == Head.LOGITS ? checkpoint.tensor("fc.weight").shape()[0] : FEATURES;
  }

  @Override
  public List<String> ignoredPrefixes() {
    return head == Head.LOGITS ? List.of() : List.of("fc.");
  }

  @Override
  public Value emit(LayerEmitter layers, Value x) {
    Value pooled = layers.graph().globalAveragePool(ResidualNet.trunk(layers, x, 3, 4, 6, 3));
    Value features = layers.graph().flatten(pooled);
    return head == Head.LOGITS ? layers.dense(features, "fc", FEATURES) : features;
  }
}
