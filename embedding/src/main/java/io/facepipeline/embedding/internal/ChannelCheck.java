package io.facepipeline.embedding.internal;

import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.Integers;
import io.facepipeline.onnx.graph.Node;
import io.facepipeline.onnx.graph.Weights;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Follows the number of channels through an emitted network, to name the first tensor whose shape
 * does not fit what the layers before it give. Nodes bear the names of the checkpoint's layers.
 */
public final class ChannelCheck {
  private static final List<String> NORM_TENSORS =
      List.of("weight", "bias", "running_mean", "running_var");

  private final Graph graph;
  private final Map<String, Integer> channels = new HashMap<>();

  private ChannelCheck(Graph graph) {
    this.graph = graph;
  }

  /** {@return what is wrong with the first tensor that does not fit, if one does not} */
  public static Optional<String> firstMisshapen(Graph graph, int inputChannels) {
    ChannelCheck check = new ChannelCheck(graph);
    graph.inputs().forEach(input -> check.channels.put(input.name(), inputChannels));
    for (Node node : graph.nodes()) {
      Optional<String> problem = check.problem(node);
      if (problem.isPresent()) {
        return problem;
      }
      for (int i = 0; i < node.outputs().size(); i++) {
        check.channels.put(node.outputs().get(i), check.outputChannels(node, i));
      }
    }
    return Optional.empty();
  }

  private Optional<String> problem(Node node) {
    int in = channelsOf(node.input(0));
    if (in < 1) {
      return Optional.empty();
    }
    switch (node.op()) {
      case "Conv" -> {
        Weights weight = graph.weights(node.input(1)).orElseThrow();
        return weight.dim(1) * node.integer("group", 1) == in
            ? Optional.empty()
            : misshapen(node.name() + ".weight", weight, in);
      }
      case "Gemm" -> {
        // The flattened size of an image is a multiple of its channels.
        Weights weight = graph.weights(node.input(1)).orElseThrow();
        return weight.dim(1) % in == 0
            ? Optional.empty()
            : misshapen(node.name() + ".weight", weight, in);
      }
      case "BatchNormalization" -> {
        for (int i = 0; i < NORM_TENSORS.size(); i++) {
          Weights vector = graph.weights(node.input(i + 1)).orElseThrow();
          if (vector.size() != in) {
            return misshapen(node.name() + "." + NORM_TENSORS.get(i), vector, in);
          }
        }
        return Optional.empty();
      }
      case "PRelu" -> {
        Weights slope = graph.weights(node.input(1)).orElseThrow();
        return slope.size() == in
            ? Optional.empty()
            : misshapen(node.name() + ".weight", slope, in);
      }
      default -> {
        return Optional.empty();
      }
    }
  }

  private int outputChannels(Node node, int output) {
    return switch (node.op()) {
      case "Conv", "Gemm" -> graph.weights(node.input(1)).orElseThrow().dim(0);
      case "Concat" -> node.inputs().stream().mapToInt(this::channelsOf).sum();
      case "Split", "Gather" -> picked(node, output);
      case "Slice" -> 0;
      default -> channelsOf(node.input(0));
    };
  }

  /** What an operator with a constant of sizes or indices takes of the channels. */
  private int picked(Node node, int output) {
    if (node.integer("axis", 0) != 1) {
      return channelsOf(node.input(0));
    }
    if (graph.initializers().get(node.input(1)) instanceof Integers constant) {
      long[] values = constant.values();
      return node.is("Split") ? Math.toIntExact(values[output]) : values.length;
    }
    return 0;
  }

  /** The channels of a value, 0 if it is not followed. */
  private int channelsOf(String value) {
    return channels.getOrDefault(value, 0);
  }

  private static Optional<String> misshapen(String tensor, Weights found, int in) {
    return Optional.of(
        "tensor "
            + tensor
            + " has the shape "
            + Arrays.toString(found.dims())
            + ", which does not fit the "
            + in
            + " channels before it");
  }
}
