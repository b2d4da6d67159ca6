package io.facepipeline.onnx.graph;

import io.facepipeline.onnx.layers.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The operators with weights of their own, which become constants of the graph. */
abstract sealed class WeightedOperations extends Operations permits GraphBuilder {
  abstract String takeName(String op);

  abstract GraphBuilder named(String name);

  /**
   * A convolution with the same step and padding in all directions.
   *
   * @param x images [n, in, h, w]
   * @param weight [out, in / groups, kernel height, kernel width]
   * @param bias [out], or null for none
   * @param stride step, at least 1
   * @param pad zeros around the image, at least 0
   * @param groups groups of channels; {@code in} of them make it depthwise
   * @return images [n, out, h', w']
   */
  public Value conv(
      Value x, Weights weight, @Nullable Weights bias, int stride, int pad, int groups) {
    return conv(x, weight, bias, Window.of(weight.dim(2), weight.dim(3), stride, pad, pad), groups);
  }

  /**
   * A convolution.
   *
   * @param x images [n, in, h, w]
   * @param weight [out, in / groups, kernel height, kernel width]
   * @param bias [out], or null for none
   * @param window step and padding; its kernel is the weight's
   * @param groups groups of channels; {@code in} of them make it depthwise
   * @return images [n, out, h', w']
   * @throws IllegalArgumentException if the shapes contradict each other
   */
  public Value conv(Value x, Weights weight, @Nullable Weights bias, Window window, int groups) {
    if (weight.rank() != 4
        || weight.dim(2) != window.kernelHeight()
        || weight.dim(3) != window.kernelWidth()
        || groups < 1
        || weight.dim(0) % groups != 0
        || window.ceil()
        || (bias != null && bias.size() != weight.dim(0))) {
      throw new IllegalArgumentException(
          "weight "
              + weight
              + ", bias "
              + bias
              + ", "
              + groups
              + " groups and "
              + window
              + " do not make a convolution; pass weight [out, in/groups, kh, kw], bias [out] and"
              + " the same kernel");
    }
    String name = peekName("Conv");
    List<Value> inputs = new ArrayList<>(List.of(x, constant(name + ".weight", weight)));
    if (bias != null) {
      inputs.add(constant(name + ".bias", bias));
    }
    Map<String, Attribute> attributes = windowAttributes(window);
    attributes.put("group", Attribute.of(groups));
    return op("Conv", 4, attributes, inputs.toArray(new Value[0]));
  }

  /**
   * Batch normalization with fixed statistics: {@code (x - mean) / sqrt(variance + epsilon) * gamma
   * + beta}.
   *
   * @param x images [n, c, h, w] or vectors [n, c]
   * @param gamma [c]
   * @param beta [c]
   * @param mean [c]
   * @param variance [c]
   * @param epsilon added to the variance
   * @return the shape of x
   */
  public Value batchNorm(
      Value x, Weights gamma, Weights beta, Weights mean, Weights variance, float epsilon) {
    String name = peekName("BatchNormalization");
    return op(
        "BatchNormalization",
        rank(x),
        Map.of("epsilon", Attribute.of(epsilon)),
        x,
        constant(name + ".gamma", gamma),
        constant(name + ".beta", beta),
        constant(name + ".mean", mean),
        constant(name + ".variance", variance));
  }

  /**
   * Normalization over the last axis: {@code (x - mean) / sqrt(variance + epsilon) * gamma + beta}.
   * In the operators that ONNX Runtime joins to one.
   *
   * @param x any shape [..., c]
   * @param gamma [c]
   * @param beta [c]
   * @param epsilon added to the variance
   * @return the shape of x
   */
  public Value layerNorm(Value x, Weights gamma, Weights beta, float epsilon) {
    String name = peekName("LayerNorm");
    Value centered = sub(x, mean(x));
    Value squares =
        op("Pow", rank(x), Map.of(), centered, constant(name + ".two", Weights.scalar(2)));
    Value variance = mean(squares);
    Value shifted = add(variance, constant(name + ".epsilon", Weights.scalar(epsilon)));
    Value normalized = div(centered, sqrt(shifted));
    Value scaled = mul(normalized, constant(name + ".gamma", gamma));
    return add(scaled, constant(name + ".beta", beta));
  }

  /**
   * {@code x} where it is positive, {@code slope * x} elsewhere.
   *
   * @param x images [n, c, h, w] or vectors [n, c]
   * @param slope [c]
   * @return the shape of x
   */
  public Value prelu(Value x, Weights slope) {
    String name = peekName("PRelu");
    return op("PRelu", rank(x), Map.of(), x, constant(name + ".slope", perChannel(x, slope)));
  }

  /** A vector over channels in the shape that broadcasts along axis 1. */
  private Weights perChannel(Value x, Weights vector) {
    int rank = rank(x);
    if (rank < 2) {
      throw new IllegalStateException(
          "the rank of '"
              + x.name()
              + "' is "
              + rank
              + " (-1 is unknown) but values per channel need at least 2; state the input's shape");
    }
    int[] dims = new int[rank - 1];
    Arrays.fill(dims, 1);
    dims[0] = vector.size();
    return vector.reshaped(dims);
  }

  /**
   * {@code scale * x + shift} per channel.
   *
   * @param x images [n, c, h, w] or vectors [n, c]
   * @param scale [c]
   * @param shift [c]
   * @return the shape of x
   */
  public Value affine(Value x, Weights scale, Weights shift) {
    String name = takeName("affine");
    named(name + ".mul");
    Value scaled = op("Mul", rank(x), Map.of(), x, constant(name + ".scale", perChannel(x, scale)));
    named(name + ".add");
    return op("Add", rank(x), Map.of(), scaled, constant(name + ".shift", perChannel(x, shift)));
  }

  /**
   * A fully connected layer: {@code x * weight^T + bias}.
   *
   * @param x vectors [n, in]
   * @param weight [out, in]
   * @param bias [out], or null for none
   * @return vectors [n, out]
   * @throws IllegalArgumentException if the shapes contradict each other
   */
  public Value dense(Value x, Weights weight, @Nullable Weights bias) {
    if (weight.rank() != 2 || (bias != null && bias.size() != weight.dim(0))) {
      throw new IllegalArgumentException(
          "weight "
              + weight
              + " and bias "
              + bias
              + " do not make a dense layer; pass [out, in] and [out]");
    }
    String name = peekName("Gemm");
    List<Value> inputs = new ArrayList<>(List.of(x, constant(name + ".weight", weight)));
    if (bias != null) {
      inputs.add(constant(name + ".bias", bias));
    }
    return op("Gemm", 2, Map.of("transB", Attribute.of(1)), inputs.toArray(new Value[0]));
  }
}
