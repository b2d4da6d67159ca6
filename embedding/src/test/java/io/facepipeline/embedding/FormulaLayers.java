package io.facepipeline.embedding;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;
import io.facepipeline.testkit.FormulaWeights;
import io.facepipeline.testkit.FormulaWeights.Kind;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the checkpoint that a network's description asks for, each tensor filled by formula from
 * its own name. A value is the number of its channels or features, wherever its axes are; products
 * of matrices keep the first one's. What the description gets wrong, a name, a shape or a layer,
 * shows in the reference's outputs and counts.
 */
public final class FormulaLayers implements Layers<Integer> {
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private FormulaLayers() {}

  /**
   * {@return a checkpoint of an architecture}
   *
   * @param outputs the number of outputs of the network
   */
  public static Checkpoint checkpoint(Architecture architecture, int outputs) {
    FormulaLayers layers = new FormulaLayers();
    int given = architecture.forward(layers, architecture.inputChannels(), outputs);
    if (given != outputs) {
      throw new AssertionError(architecture.name() + " gives " + given + ", not " + outputs);
    }
    return Checkpoint.of(layers.tensors);
  }

  private void put(String name, Kind kind, int... shape) {
    if (tensors.put(name, Tensor.of(shape, FormulaWeights.values(name, kind, shape))) != null) {
      throw new AssertionError("two layers have the tensor " + name);
    }
  }

  @Override
  public Integer conv2d(
      Integer x, String name, int channels, Window window, int groups, boolean bias) {
    int kernel = window.kernelHeight();
    put(name + ".weight", Kind.WEIGHT, channels, x / groups, kernel, window.kernelWidth());
    if (bias) {
      put(name + ".bias", Kind.BIAS, channels);
    }
    return channels;
  }

  @Override
  public Integer linear(Integer x, String name, int inputs, int outputs, boolean bias) {
    put(name + ".weight", Kind.WEIGHT, outputs, inputs);
    if (bias) {
      put(name + ".bias", Kind.BIAS, outputs);
    }
    return outputs;
  }

  @Override
  public Integer batchNorm(Integer x, String name, float epsilon, float gain) {
    put(name + ".weight", Kind.POSITIVE, x);
    put(name + ".bias", Kind.SHIFT, x);
    put(name + ".running_mean", Kind.SHIFT, x);
    put(name + ".running_var", Kind.POSITIVE, x);
    return x;
  }

  @Override
  public Integer prelu(Integer x, String name) {
    put(name + ".weight", Kind.SLOPE, x);
    return x;
  }

  @Override
  public Integer layerNorm(Integer x, String name, int features, float epsilon) {
    put(name + ".weight", Kind.POSITIVE, features);
    put(name + ".bias", Kind.SHIFT, features);
    return x;
  }

  @Override
  public Integer parameter(String name, float initial, int... shape) {
    put(name, Kind.WEIGHT, shape);
    return shape[shape.length > 1 ? 1 : 0];
  }

  @Override
  public boolean has(String tensor, boolean whenNew) {
    return whenNew;
  }

  @Override
  public Integer matMul(Integer a, Integer b) {
    return a;
  }

  @Override
  public Integer relu(Integer x) {
    return x;
  }

  @Override
  public Integer sigmoid(Integer x) {
    return x;
  }

  @Override
  public Integer tanh(Integer x) {
    return x;
  }

  @Override
  public Integer gelu(Integer x) {
    return x;
  }

  @Override
  public Integer sqrt(Integer x) {
    return x;
  }

  @Override
  public Integer abs(Integer x) {
    return x;
  }

  @Override
  public Integer add(Integer a, Integer b) {
    return Math.max(a, b);
  }

  @Override
  public Integer sub(Integer a, Integer b) {
    return Math.max(a, b);
  }

  @Override
  public Integer mul(Integer a, Integer b) {
    return Math.max(a, b);
  }

  @Override
  public Integer div(Integer a, Integer b) {
    return Math.max(a, b);
  }

  @Override
  public Integer max(Integer a, Integer b) {
    return Math.max(a, b);
  }

  @Override
  public Integer clip(Integer x, float least, float most) {
    return x;
  }

  @Override
  public Integer affine(Integer x, float scale, float shift) {
    return x;
  }

  @Override
  public Integer concat(int axis, List<Integer> values) {
    return axis == 1 ? values.stream().mapToInt(Integer::intValue).sum() : values.get(0);
  }

  @Override
  public Integer flatten(Integer x) {
    return x;
  }

  @Override
  public Integer reshape(Integer x, long... shape) {
    boolean channelsLast = shape.length == 4 && shape[0] == -1;
    long channels = shape[channelsLast ? 3 : 1];
    return channels > 0 ? Math.toIntExact(channels) : x;
  }

  @Override
  public Integer transpose(Integer x, int... perm) {
    return x;
  }

  @Override
  public Integer softmax(Integer x, int axis) {
    return x;
  }

  @Override
  public List<Integer> split(Integer x, int axis, long... sizes) {
    return Arrays.stream(sizes).mapToObj(size -> axis == 1 ? Math.toIntExact(size) : x).toList();
  }

  @Override
  public Integer slice(Integer x, int axis, long from, long to) {
    return axis == 1 ? Math.toIntExact(to - from) : x;
  }

  @Override
  public Integer gather(Integer x, int axis, long... indices) {
    return axis == 1 ? indices.length : x;
  }

  @Override
  public Integer l2Normalize(Integer x, int axis, float epsilon) {
    return x;
  }

  @Override
  public Integer maxPool(Integer x, Window window) {
    return x;
  }

  @Override
  public Integer averagePool(Integer x, Window window, boolean countPadding) {
    return x;
  }

  @Override
  public Integer globalAveragePool(Integer x) {
    return x;
  }

  @Override
  public Integer upsample(Integer x, int factor) {
    return x;
  }

  @Override
  public Integer upsampleNearest(Integer x, int factor) {
    return x;
  }

  @Override
  public Integer constant(String name, float[] values, int... shape) {
    return shape.length > 1 ? shape[1] : 1;
  }
}
