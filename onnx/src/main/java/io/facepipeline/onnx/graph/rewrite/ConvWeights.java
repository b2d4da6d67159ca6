package io.facepipeline.onnx.graph.rewrite;

import io.facepipeline.onnx.graph.GraphEditor;
import io.facepipeline.onnx.graph.Node;
import io.facepipeline.onnx.graph.Weights;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The constant filters of a convolution, to be rearranged by rewrites.
 *
 * @param filters [out, in / groups, height, width]
 * @param bias one number an output channel, or null where the convolution has none
 */
record ConvWeights(Weights filters, @Nullable Weights bias) {
  /** The filters of a node, or nothing where it is no two-dimensional convolution of constants. */
  static Optional<ConvWeights> of(GraphEditor graph, Node node) {
    Weights filters = graph.weights(node.input(1)).orElse(null);
    boolean biased = !node.input(2).isEmpty();
    Weights bias = graph.weights(node.input(2)).orElse(null);
    if (!node.is("Conv")
        || filters == null
        || filters.rank() != 4
        || (biased && (bias == null || bias.size() != filters.dim(0)))) {
      return Optional.empty();
    }
    return Optional.of(new ConvWeights(filters, bias));
  }

  int outputs() {
    return filters.dim(0);
  }

  /** The numbers of one filter. */
  int filterSize() {
    return filters.size() / filters.dim(0);
  }

  /** The filters from {@code first} on, {@code count} of them. */
  ConvWeights range(int first, int count) {
    int size = filterSize();
    return new ConvWeights(
        new Weights(
            dims(count, filters.dim(1)),
            Arrays.copyOfRange(filters.values(), first * size, (first + count) * size)),
        bias == null
            ? null
            : Weights.vector(Arrays.copyOfRange(bias.values(), first, first + count)));
  }

  /** These filters less others of the same shape. */
  ConvWeights minus(ConvWeights other) {
    return new ConvWeights(
        subtract(filters, other.filters),
        bias == null || other.bias == null ? null : subtract(bias, other.bias));
  }

  private static Weights subtract(Weights a, Weights b) {
    float[] first = a.values();
    float[] second = b.values();
    float[] difference = new float[first.length];
    for (int i = 0; i < difference.length; i++) {
      difference[i] = first[i] - second[i];
    }
    return new Weights(a.dims(), difference);
  }

  /** These filters with zeros behind them, for so many output and input channels in all. */
  ConvWeights padded(int outputs, int inputs) {
    int area = filters.dim(2) * filters.dim(3);
    int old = filters.dim(1) * area;
    float[] given = filters.values();
    float[] values = new float[outputs * inputs * area];
    for (int o = 0; o < filters.dim(0); o++) {
      System.arraycopy(given, o * old, values, o * inputs * area, old);
    }
    return new ConvWeights(
        new Weights(dims(outputs, inputs), values),
        bias == null ? null : Weights.vector(Arrays.copyOf(bias.values(), outputs)));
  }

  /** These filters, then multiples of some of them. */
  ConvWeights withMultiples(int[] of, float[] factors) {
    ConvWeights wide = padded(outputs() + of.length, filters.dim(1));
    int size = filterSize();
    float[] values = wide.filters.values();
    for (int k = 0; k < of.length; k++) {
      int to = outputs() + k;
      for (int i = 0; i < size; i++) {
        values[to * size + i] = factors[k] * values[of[k] * size + i];
      }
      if (wide.bias != null) {
        wide.bias.values()[to] = factors[k] * wide.bias.values()[of[k]];
      }
    }
    return wide;
  }

  /** These filters for an input some of whose channels come with the other sign. */
  ConvWeights withFlippedInputs(int[] channels) {
    int area = filters.dim(2) * filters.dim(3);
    float[] values = filters.values().clone();
    for (int filter = 0; filter < values.length; filter += filterSize()) {
      for (int channel : channels) {
        for (int i = filter + channel * area; i < filter + (channel + 1) * area; i++) {
          values[i] = -values[i];
        }
      }
    }
    return new ConvWeights(new Weights(filters.dims(), values), bias);
  }

  /** The node with these weights in place of its own. */
  Node into(GraphEditor graph, Node conv, String suffix) {
    Node changed = conv.withInput(1, graph.addInitializer(conv.input(1) + "." + suffix, filters));
    return bias == null
        ? changed
        : changed.withInput(2, graph.addInitializer(conv.input(2) + "." + suffix, bias));
  }

  private int[] dims(int outputs, int inputs) {
    return new int[] {outputs, inputs, filters.dim(2), filters.dim(3)};
  }
}
