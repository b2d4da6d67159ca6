package io.facepipeline.onnx.graph.quantize;

import io.facepipeline.onnx.graph.Attribute;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphEditor;
import io.facepipeline.onnx.graph.Node;
import io.facepipeline.onnx.graph.Tensor;
import io.facepipeline.onnx.graph.Weights;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Writes a network down in bytes, as ONNX's QuantizeLinear and DequantizeLinear around each
 * operation, which the runtime joins into one operation on bytes.
 */
final class Int8Emitter {
  private final Calibration calibration;
  private final Int8Plan plan;
  private final GraphEditor editor;
  private final Map<String, Range> ranges;
  private final List<Node> nodes = new ArrayList<>();
  private final Set<String> taken = new HashSet<>();

  /** The names of scale and zero, by the value that names the scale. */
  private final Map<String, List<String>> steps = new HashMap<>();

  /** The names of values as bytes. */
  private final Map<String, String> asBytes = new HashMap<>();

  private final Set<String> asFloats = new HashSet<>();

  Int8Emitter(Calibration calibration) {
    this.calibration = calibration;
    plan = calibration.plan();
    ranges = calibration.ranges();
    editor = plan.graph().edit();
    taken.addAll(editor.initializers.keySet());
    editor.inputs.forEach(port -> taken.add(port.name()));
    editor.nodes.forEach(node -> taken.addAll(node.outputs()));
  }

  Graph emit() {
    for (Node node : plan.graph().nodes()) {
      if (plan.isDoneByBytes(node)) {
        continue;
      }
      if (!plan.isQuantized(node)) {
        node.inputs().forEach(this::needFloats);
        nodes.add(node);
      } else if (node.is("Gemm")) {
        nodes.add(layer(node, weights(node.input(1)), bias(node)));
      } else if (node.is("Conv")) {
        Node conv = layer(node, weights(node.input(1)), bias(node));
        String sum = free(node.output() + ".sum");
        nodes.add(conv.withOutputs(List.of(sum)));
        quantize(sum, plan.result(node));
        limit(plan.result(node), plan.greatest(node));
      } else if (node.is("PRelu")) {
        prelu(node);
      } else {
        onBytes(node);
      }
    }
    plan.graph().outputs().forEach(port -> needFloats(port.name()));
    editor.nodes.clear();
    editor.nodes.addAll(nodes);
    return editor.toGraph();
  }

  private Weights weights(String name) {
    return plan.graph().weights(name).orElseThrow();
  }

  private float[] bias(Node layer) {
    return layer.input(2).isEmpty()
        ? new float[weights(layer.input(1)).dim(0)]
        : weights(layer.input(2)).values();
  }

  /** A layer that reads bytes and constants of whole numbers. */
  private Node layer(Node node, Weights weights, float[] bias) {
    String input = node.input(0);
    int groups = (int) node.integer("group", 1);
    float scale = range(input).scale();
    Int8Layer constants = Int8Layer.of(weights, bias, scale, calibration.means(input), groups);
    return layer(node, constants);
  }

  private Node layer(Node node, Int8Layer constants) {
    String base = node.output();
    Map<String, Attribute> byOutput = Map.of("axis", Attribute.of(0));
    String weights = free(base + ".weights");
    String bias = free(base + ".bias");
    nodes.add(
        new Node(
            "DequantizeLinear",
            List.of(
                constant(base + ".weights.int8", constants.weights()),
                constant(base + ".weights.scale", constants.scales()),
                constant(base + ".weights.zero", constants.zeros())),
            List.of(weights),
            byOutput));
    nodes.add(
        new Node(
            "DequantizeLinear",
            List.of(
                constant(base + ".bias.int32", constants.bias()),
                constant(base + ".bias.scale", constants.biasScales())),
            List.of(bias),
            byOutput));
    return node.withInputs(List.of(dequantized(node.input(0)), weights, bias));
  }

  /**
   * {@code max(x, slope x)} on bytes, where the slopes are a depthwise convolution's weights: one
   * to a channel, and so exact but for the rounding of its result.
   */
  private void prelu(Node node) {
    String x = node.input(0);
    Weights slope = weights(node.input(1));
    int channels = slope.size();
    Weights weights = new Weights(new int[] {channels, 1, 1, 1}, slope.values());
    String scaled = free(node.output() + ".scaled");
    Node conv =
        new Node(
            "Conv",
            List.of(x),
            List.of(scaled),
            Map.of("group", Attribute.of(channels), "kernel_shape", Attribute.ints(1, 1)));
    float[] none = new float[channels];
    nodes.add(layer(conv, Int8Layer.of(weights, none, range(x).scale(), none, channels)));
    String bytes = free(node.output() + ".scaled.uint8");
    nodes.add(quantizeNode("QuantizeLinear", scaled, x, bytes));
    String greatest = free(node.output() + ".uint8");
    nodes.add(new Node("Max", List.of(bytesOf(x), bytes), List.of(greatest), Map.of()));
    asBytes.put(node.output(), greatest);
  }

  /**
   * Keeps bytes from standing for negative numbers, and for more than the greatest, where those of
   * a value that shares their scale may.
   */
  private void limit(String value, float greatest) {
    Range range = range(value);
    if (Float.isNaN(greatest) || (range.min() == 0 && range.max() <= greatest)) {
      return;
    }
    Tensor most = Int8Layer.unsignedByte(range.step(greatest));
    String limited = free(value + ".limited.uint8");
    nodes.add(
        new Node(
            "Clip",
            List.of(
                bytesOf(value),
                constant(value + ".least", Int8Layer.unsignedByte(range.zero())),
                constant(value + ".greatest", most)),
            List.of(limited),
            Map.of()));
    asBytes.put(value, limited);
  }

  /** An operation that treats bytes as it treats numbers. */
  private void onBytes(Node node) {
    List<String> inputs =
        node.inputs().stream().map(i -> plan.isBytes(i) ? bytesOf(i) : i).toList();
    List<String> outputs = new ArrayList<>();
    for (String output : node.outputs()) {
      String bytes = free(output + ".uint8");
      asBytes.put(output, bytes);
      outputs.add(bytes);
    }
    nodes.add(node.withInputs(inputs).withOutputs(outputs));
  }

  private Range range(String value) {
    return Objects.requireNonNull(ranges.get(plan.scaleOf(value)), value);
  }

  /** The bytes of a value, made where floats are all there is so far. */
  private String bytesOf(String value) {
    if (!asBytes.containsKey(value)) {
      quantize(value, value);
    }
    return Objects.requireNonNull(asBytes.get(value), value);
  }

  /** Makes bytes of floats; the value is the one they stand for. */
  private void quantize(String floats, String value) {
    String bytes = free(value + ".uint8");
    nodes.add(quantizeNode("QuantizeLinear", floats, value, bytes));
    asBytes.put(value, bytes);
  }

  private String dequantized(String value) {
    String floats = free(value + ".float");
    nodes.add(quantizeNode("DequantizeLinear", bytesOf(value), value, floats));
    return floats;
  }

  /** Gives a value that is bytes so far its floats, under the name they always had. */
  private void needFloats(String value) {
    if (plan.isBytes(value) && asFloats.add(value)) {
      nodes.add(quantizeNode("DequantizeLinear", bytesOf(value), value, value));
    }
  }

  /** To bytes or back, in the steps of a value. */
  private Node quantizeNode(String op, String from, String value, String to) {
    List<String> step =
        steps.computeIfAbsent(
            plan.scaleOf(value),
            head -> {
              Range range = range(head);
              return List.of(
                  constant(head + ".scale", Weights.scalar(range.scale())),
                  constant(head + ".zero", Int8Layer.unsignedByte(range.zero())));
            });
    return new Node(op, List.of(from, step.get(0), step.get(1)), List.of(to), Map.of());
  }

  private String constant(String base, Tensor tensor) {
    String name = free(base);
    editor.initializers.put(name, tensor);
    return name;
  }

  private String free(String base) {
    String name = base;
    for (int i = 1; !taken.add(name); i++) {
      name = base + "_" + i;
    }
    return name;
  }
}
