package io.facepipeline.embedding.architecture;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.layers.Layers;
import java.util.List;
import java.util.Optional;

/**
 * ResNet-50 (He et al., Deep Residual Learning for Image Recognition, 2016) as
 * github.com/pytorch/vision builds it ({@code torchvision/models/resnet.py}): 2048 features, or
 * classes.
 */
final class TorchvisionResNet50 implements Architecture {
  private static final int FEATURES = 2048;

  /** Whether it gives numbers for classes, not what it knows of an image before them. */
  private final boolean classes;

  TorchvisionResNet50() {
    this(false);
  }

  private TorchvisionResNet50(boolean classes) {
    this.classes = classes;
  }

  @Override
  public String name() {
    return "torchvision ResNet-50";
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    return classes ? checkpoint.tensor("fc.weight").shape()[0] : FEATURES;
  }

  @Override
  public List<String> ignoredPrefixes() {
    return classes ? List.of() : List.of("fc.");
  }

  @Override
  public Optional<Architecture> withClasses() {
    return Optional.of(new TorchvisionResNet50(true));
  }

  @Override
  public <V> V forward(Layers<V> layers, V x, int outputs) {
    V pooled = layers.globalAveragePool(ResidualNet.trunk(layers, x, 3, 4, 6, 3));
    V features = layers.flatten(pooled);
    return classes ? layers.linear(features, "fc", FEATURES, outputs, true) : features;
  }
}
