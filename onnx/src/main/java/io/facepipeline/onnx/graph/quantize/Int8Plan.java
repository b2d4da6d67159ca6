package io.facepipeline.onnx.graph.quantize;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphEditor;
import io.facepipeline.onnx.graph.Node;
import io.facepipeline.onnx.graph.Weights;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which operations of a network compute in bytes, and which values are held as bytes for them.
 * Convolutions and dense layers do, and what lies between them where it works on bytes as they are.
 * Sums of residual blocks stay floats: they are cheap, and errors add up in them.
 */
public final class Int8Plan {
  /**
   * Sums of fewer products are not worth quantizing the input for: in particular those of the first
   * convolution, over three colors.
   */
  private static final int LEAST_PRODUCTS = 32;

  /** Per-channel weights came with this operator set. */
  private static final int OPSET = 13;

  private static final int OLDEST_OPSET = 11;

  /** Operators that mean the same in the operator sets 11 to 13 with the same inputs. */
  private static final Set<String> SAME_SINCE_11 =
      Set.of(
          "Add",
          "AveragePool",
          "BatchNormalization",
          "Clip",
          "Concat",
          "Constant",
          "Conv",
          "Div",
          "Flatten",
          "Gather",
          "Gemm",
          "GlobalAveragePool",
          "Identity",
          "LeakyRelu",
          "MatMul",
          "Max",
          "MaxPool",
          "Min",
          "Mul",
          "PRelu",
          "Pow",
          "ReduceL2",
          "ReduceMean",
          "Relu",
          "Reshape",
          "Shape",
          "Sigmoid",
          "Sqrt",
          "Sub",
          "Transpose");

  private static final Set<String> QUANTIZED =
      Set.of("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "QLinearConv");

  private static final Set<String> MOVES =
      Set.of("MaxPool", "Concat", "Split", "Flatten", "Identity", "Reshape", "Transpose");

  /** What a value of 1x1 images from a global pool passes on its way. */
  private static final Set<String> ON_POOLED =
      Set.of("Conv", "Relu", "Sigmoid", "PRelu", "Clip", "BatchNormalization");

  private final Graph graph;
  private final Set<Node> quantized = new LinkedHashSet<>();
  private final Map<Node, Node> activations = new HashMap<>();
  private final Set<String> entering = new LinkedHashSet<>();
  private final Set<String> bytes = new LinkedHashSet<>();
  private final Set<String> pooled = new HashSet<>();

  /** Of values that the same bytes stand for, towards the one that names their scale. */
  private final Map<String, String> parents = new HashMap<>();

  private Int8Plan(Graph graph) {
    this.graph = graph;
    graph.nodes().forEach(this::consider);
  }

  /**
   * Plans a network.
   *
   * @param network floats, with its batch normalizations folded where they can be
   * @param source what messages call it
   * @throws MalformedModelException if it has bytes already, is of an operator set that cannot be
   *     brought to 13, or has nothing to quantize
   */
  public static Int8Plan of(Graph network, String source) {
    if (network.nodes().stream().anyMatch(node -> QUANTIZED.contains(node.op()))) {
      throw new MalformedModelException(
          source + ": the model is quantized already; use it as it is, without int8");
    }
    Int8Plan plan = new Int8Plan(upToDate(network, source));
    if (plan.layers().isEmpty()) {
      throw new MalformedModelException(
          source
              + ": the model has no convolution or dense layer with constant weights that could be"
              + " int8; use it as it is, without int8");
    }
    return plan;
  }

  private static Graph upToDate(Graph network, String source) {
    if (network.opset() >= OPSET) {
      return network;
    }
    List<String> others =
        network.nodes().stream()
            .filter(node -> !node.domain().isEmpty() || !SAME_SINCE_11.contains(node.op()))
            .map(Node::op)
            .distinct()
            .toList();
    if (network.opset() < OLDEST_OPSET || !others.isEmpty()) {
      throw new MalformedModelException(
          source
              + ": int8 needs operator set "
              + OPSET
              + ", and the model is of "
              + network.opset()
              + (others.isEmpty() ? "" : " with the operators " + others)
              + "; export it again, or use it as it is, without int8");
    }
    GraphEditor editor = network.edit();
    editor.opsets.remove("ai.onnx");
    editor.opsets.put("", (long) OPSET);
    return editor.toGraph();
  }

  private void consider(Node node) {
    if (activations.containsValue(node)) {
      return;
    }
    if (node.is("GlobalAveragePool")
        || (pooled.contains(node.input(0)) && ON_POOLED.contains(node.op()))) {
      // A handful of numbers, such as the gates of squeeze and excitation: all cost, no gain.
      pooled.addAll(node.outputs());
    } else if (isLayer(node)) {
      if (!bytes.contains(node.input(0))) {
        entering.add(node.input(0));
      }
      quantized.add(node);
      if (node.is("Conv")) {
        activation(node).ifPresent(next -> activations.put(node, next));
        bytes.add(result(node));
      }
    } else if (movesBytes(node) || isGreatest(node) || isSplittable(node)) {
      quantized.add(node);
      for (String input : node.inputs()) {
        for (String output : node.outputs()) {
          if (bytes.contains(input)) {
            bytes.add(output);
            parents.put(scaleOf(output), scaleOf(input));
          }
        }
      }
    }
  }

  /** Convolutions, and dense layers as they are usually written. */
  private boolean isLayer(Node node) {
    Weights weights = graph.weights(node.input(1)).orElse(null);
    if (weights == null || weights.rank() < 2 || weights.size() == 0) {
      return false;
    }
    int outputs = weights.dim(0);
    if (!node.input(2).isEmpty()
        && graph.weights(node.input(2)).filter(b -> b.size() == outputs).isEmpty()) {
      return false;
    }
    if (node.is("Conv")) {
      // Between bytes nothing may stay floats: the runtime would quantize it in its own, worse way.
      return weights.rank() == 4
          && outputs % node.integer("group", 1) == 0
          && (bytes.contains(node.input(0)) || weights.size() / outputs >= LEAST_PRODUCTS);
    }
    return node.is("Gemm")
        && weights.rank() == 2
        && node.real("alpha", 1) == 1
        && node.real("beta", 1) == 1
        && node.integer("transA", 0) == 0
        && node.integer("transB", 0) == 1;
  }

  /** What follows a convolution and is done by its bytes, which have no negative numbers then. */
  private Optional<Node> activation(Node conv) {
    return onlyConsumer(conv.output())
        .filter(next -> next.is("Relu") || (next.is("Clip") && clipsFromZero(next)));
  }

  private boolean clipsFromZero(Node clip) {
    boolean known = clip.input(2).isEmpty() || isNumber(clip.input(2));
    return known
        && isNumber(clip.input(1))
        && graph.weights(clip.input(1)).orElseThrow().values()[0] == 0;
  }

  private boolean isNumber(String value) {
    return graph.weights(value).filter(w -> w.size() == 1).isPresent();
  }

  private Optional<Node> onlyConsumer(String value) {
    List<Node> consumers = graph.consumers(value);
    boolean output = graph.outputs().stream().anyMatch(port -> port.name().equals(value));
    return consumers.size() == 1 && !output ? Optional.of(consumers.get(0)) : Optional.empty();
  }

  /** Whether an operation moves or compares bytes that it need not understand. */
  private boolean movesBytes(Node node) {
    return MOVES.contains(node.op())
        && node.domain().isEmpty()
        && (node.is("Concat")
            ? bytes.containsAll(node.inputs())
            : bytes.contains(node.input(0)) && (!node.is("MaxPool") || node.outputs().size() == 1));
  }

  /** The greatest of bytes is that of the numbers if the same bytes stand for the same numbers. */
  private boolean isGreatest(Node node) {
    return node.is("Max")
        && bytes.containsAll(node.inputs())
        && node.inputs().stream().map(this::scaleOf).distinct().count() == 1;
  }

  /** A PReLU that is {@code max(x, slope x)}, because no slope is above 1. */
  private boolean isSplittable(Node node) {
    if (!node.is("PRelu") || !bytes.contains(node.input(0))) {
      return false;
    }
    Weights slope = graph.weights(node.input(1)).orElse(null);
    if (slope == null || slope.rank() != 3 || slope.dim(0) != slope.size() || slope.size() < 2) {
      return false;
    }
    for (float value : slope.values()) {
      if (value > 1) {
        return false;
      }
    }
    return true;
  }

  /** The network, of operator set 13 at least. */
  Graph graph() {
    return graph;
  }

  boolean isQuantized(Node node) {
    return quantized.contains(node);
  }

  /** Whether a convolution's bytes do what an operation does. */
  boolean isDoneByBytes(Node node) {
    return activations.containsValue(node);
  }

  boolean isBytes(String value) {
    return bytes.contains(value);
  }

  /** The value that a convolution gives, with what its bytes do. */
  String result(Node conv) {
    Node next = activations.get(conv);
    return next == null ? conv.output() : next.output();
  }

  /** The greatest number that a convolution's activation lets through, NaN without activation. */
  float greatest(Node conv) {
    Node next = activations.get(conv);
    if (next == null) {
      return Float.NaN;
    }
    return graph
        .weights(next.input(2))
        .filter(most -> next.is("Clip"))
        .map(most -> most.values()[0])
        .orElse(Float.POSITIVE_INFINITY);
  }

  /** The operations with weights of their own. */
  List<Node> layers() {
    return quantized.stream().filter(node -> node.is("Conv") || node.is("Gemm")).toList();
  }

  /** The values that bytes stand for. */
  List<String> values() {
    List<String> values = new ArrayList<>(entering);
    values.addAll(bytes);
    return values;
  }

  /** The value whose scale is another's too. */
  String scaleOf(String value) {
    String head = value;
    while (parents.containsKey(head) && !parents.get(head).equals(head)) {
      head = parents.get(head);
    }
    return head;
  }
}
