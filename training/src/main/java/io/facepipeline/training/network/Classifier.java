package io.facepipeline.training.network;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.layers.Layers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Any network with a dense layer behind its features, which gives a number per class. The features
 * are multiplied with a factor first, so that networks with large, small and unit features learn
 * equally fast.
 *
 * @param base gives the features
 * @param features their number
 */
record Classifier(Architecture base, int features) implements Architecture {
  private static final String HEAD = "head";
  private static final String SCALE = HEAD + ".scale";
  private static final String WEIGHT = HEAD + ".weight";
  private static final String BIAS = HEAD + ".bias";

  /** The features alone, as the base gives them when it runs. */
  private record Features(Architecture base, int size) implements Architecture {
    @Override
    public String name() {
      return base.name();
    }

    @Override
    public int inputChannels() {
      return base.inputChannels();
    }

    @Override
    public int outputSize(Checkpoint checkpoint) {
      return size;
    }

    @Override
    public List<String> ignoredPrefixes() {
      return base.ignoredPrefixes();
    }

    @Override
    public <V> V forward(Layers<V> layers, V x, int outputs) {
      return base.forward(layers, x, size);
    }
  }

  /** {@return the network without the layer behind the features} */
  Architecture withoutHead() {
    return new Features(base, features);
  }

  /** {@return whether a tensor belongs to what is behind the features} */
  static boolean isHead(String tensor) {
    return tensor.startsWith(HEAD + ".");
  }

  /** {@return whether weights are those of such a network} */
  static boolean hasHead(Checkpoint weights) {
    return weights.contains(WEIGHT) && weights.contains(SCALE);
  }

  /** {@return the weights of the base alone} */
  static Checkpoint withoutHead(Checkpoint weights) {
    Map<String, Tensor> base = new LinkedHashMap<>(weights.tensors());
    base.keySet().removeIf(Classifier::isHead);
    return weights.withTensors(base);
  }

  @Override
  public String name() {
    return base.name();
  }

  @Override
  public int inputChannels() {
    return base.inputChannels();
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    return checkpoint.tensor(WEIGHT).shape()[0];
  }

  @Override
  public List<String> ignoredPrefixes() {
    return base.ignoredPrefixes();
  }

  @Override
  public <V> V forward(Layers<V> layers, V x, int outputs) {
    V scaled = layers.mul(base.forward(layers, x, features), layers.parameter(SCALE, 1, 1));
    return layers.linear(scaled, HEAD, features, outputs, true);
  }

  /**
   * {@return weights with a head that knows nothing yet: it gives each class the same}
   *
   * @param weights those of the base
   * @param scale the factor of the features
   */
  Checkpoint withHead(Checkpoint weights, int classes, float scale) {
    Map<String, Tensor> all = new LinkedHashMap<>(withoutHead(weights).tensors());
    all.put(SCALE, Tensor.of(new int[] {1}, new float[] {scale}));
    all.put(WEIGHT, Tensor.of(new int[] {classes, features}, new float[classes * features]));
    all.put(BIAS, Tensor.of(new int[] {classes}, new float[classes]));
    return weights.withTensors(all);
  }
}
