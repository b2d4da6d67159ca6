package io.facepipeline.onnx.graph;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * An ONNX model: operations in topological order, constants, inputs, outputs and metadata. Made by
 * a {@link GraphBuilder}, read by {@link OnnxFile}, changed by copying through {@link #edit()}.
 * Immutable and thread-safe; copies share their weights.
 */
public final class Graph {
  private final String name;
  private final long irVersion;
  private final String producer;
  private final Map<String, Long> opsets;
  private final List<Port> inputs;
  private final List<Port> outputs;
  private final List<Node> nodes;
  private final Map<String, Tensor> initializers;
  private final Map<String, String> metadata;
  private final Bytes valueInfo;
  private final Bytes graphExtra;
  private final Bytes modelExtra;
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, List<Node>> consumers = new HashMap<>();

  public Graph(GraphEditor source) {
    name = source.name;
    irVersion = source.irVersion;
    producer = source.producer;
    opsets = Collections.unmodifiableMap(new LinkedHashMap<>(source.opsets));
    inputs = List.copyOf(source.inputs);
    outputs = List.copyOf(source.outputs);
    nodes = List.copyOf(source.nodes);
    initializers = Collections.unmodifiableMap(new LinkedHashMap<>(source.initializers));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(source.metadata));
    valueInfo = source.valueInfo;
    graphExtra = source.graphExtra;
    modelExtra = source.modelExtra;
    for (Node node : nodes) {
      node.outputs().forEach(value -> producers.putIfAbsent(value, node));
      Set<String> distinct = new HashSet<>(node.inputs());
      distinct.forEach(value -> consumers.computeIfAbsent(value, v -> new ArrayList<>()).add(node));
    }
  }

  /**
   * The graph's name.
   *
   * @return the name, which may be empty
   */
  public String name() {
    return name;
  }

  /**
   * The version of the file format.
   *
   * @return 8 for graphs built here
   */
  public long irVersion() {
    return irVersion;
  }

  /**
   * The program that made the file.
   *
   * @return its name, or the empty string
   */
  public String producer() {
    return producer;
  }

  /**
   * The version of ONNX's own operator set.
   *
   * @return the version, 1 where the file states none
   */
  public int opset() {
    long version = opsets.getOrDefault("", opsets.getOrDefault("ai.onnx", 1L));
    return (int) Math.min(version, Integer.MAX_VALUE);
  }

  /**
   * The operator sets by domain.
   *
   * @return unmodifiable; the empty domain is ONNX's own
   */
  public Map<String, Long> opsets() {
    return opsets;
  }

  /**
   * The inputs, with initializers among them where the file lists those (as format versions before
   * 4 had to).
   *
   * @return unmodifiable, in the file's order
   */
  public List<Port> inputs() {
    return inputs;
  }

  /**
   * The inputs that a caller must feed: those that are no initializers.
   *
   * @return unmodifiable, in the file's order
   */
  public List<Port> dataInputs() {
    return inputs.stream().filter(p -> !initializers.containsKey(p.name())).toList();
  }

  /**
   * The outputs.
   *
   * @return unmodifiable, in the file's order
   */
  public List<Port> outputs() {
    return outputs;
  }

  /**
   * The operations.
   *
   * @return unmodifiable, producers before consumers
   */
  public List<Node> nodes() {
    return nodes;
  }

  /**
   * The constants by name.
   *
   * @return unmodifiable, in the file's order
   */
  public Map<String, Tensor> initializers() {
    return initializers;
  }

  /**
   * The metadata of the model.
   *
   * @return unmodifiable, in the file's order
   */
  public Map<String, String> metadata() {
    return metadata;
  }

  /**
   * The operation that defines a value.
   *
   * @param value the value's name
   * @return the node, or nothing for an input, an initializer or an unknown name
   */
  public Optional<Node> producer(String value) {
    return Optional.ofNullable(producers.get(value));
  }

  /**
   * The operations that read a value, each once.
   *
   * @param value the value's name
   * @return unmodifiable, in topological order
   */
  public List<Node> consumers(String value) {
    return Collections.unmodifiableList(consumers.getOrDefault(value, List.of()));
  }

  /**
   * A float32 initializer.
   *
   * @param value its name
   * @return the weights, or nothing where the name is no float32 initializer
   */
  public Optional<Weights> weights(String value) {
    return initializers.get(value) instanceof Weights w ? Optional.of(w) : Optional.empty();
  }

  /**
   * The first float32 initializer that holds NaN or infinity.
   *
   * @return its name, or nothing where all are numbers
   */
  public Optional<String> firstNotFinite() {
    return initializers.entrySet().stream()
        .filter(e -> e.getValue() instanceof Weights w && !w.isFinite())
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /**
   * Starts a changed copy.
   *
   * @return an editor that holds this graph's content
   * @throws MalformedModelException if this graph is not valid, or holds nested graphs (If, Loop,
   *     Scan), whose references to values outside the editor cannot follow
   */
  public GraphEditor edit() {
    validate();
    for (Node node : nodes) {
      if (node.hasSubgraph()) {
        throw new MalformedModelException(
            "node "
                + node
                + " holds a nested graph, which cannot be rewritten; export the model without"
                + " control flow, or run it as it is");
      }
    }
    return new GraphEditor(this);
  }

  /**
   * Checks that every value is defined once and before it is read, and that every output is
   * defined.
   *
   * @return this graph
   * @throws MalformedModelException naming the first value that breaks the rule
   */
  public Graph validate() {
    Set<String> defined = new HashSet<>(initializers.keySet());
    Set<String> ports = new HashSet<>();
    for (Port port : inputs) {
      if (!ports.add(port.name())) {
        throw new MalformedModelException(
            "input '" + port.name() + "' is listed twice; list it once");
      }
    }
    defined.addAll(ports);
    for (Node node : nodes) {
      for (String input : node.inputs()) {
        if (!input.isEmpty() && !defined.contains(input)) {
          throw new MalformedModelException(
              "node "
                  + node
                  + " reads '"
                  + input
                  + "', which nothing before it defines; define it or sort the nodes");
        }
      }
      if (node.outputs().isEmpty()) {
        throw new MalformedModelException("node " + node + " has no output; remove it");
      }
      for (String output : node.outputs()) {
        if (!output.isEmpty() && !defined.add(output)) {
          throw new MalformedModelException(
              "node "
                  + node
                  + " defines '"
                  + output
                  + "', which is defined already; give the value another name");
        }
      }
    }
    for (Port port : outputs) {
      if (!defined.contains(port.name())) {
        throw new MalformedModelException(
            "output '"
                + port.name()
                + "' is not defined by any node, input or initializer; remove or define it");
      }
    }
    return this;
  }

  public Bytes valueInfo() {
    return valueInfo;
  }

  public Bytes graphExtra() {
    return graphExtra;
  }

  public Bytes modelExtra() {
    return modelExtra;
  }

  private List<Object> parts() {
    return List.of(
        name,
        irVersion,
        producer,
        opsets,
        inputs,
        outputs,
        nodes,
        initializers,
        metadata,
        valueInfo,
        graphExtra,
        modelExtra);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Graph g && parts().equals(g.parts());
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, inputs, outputs, nodes);
  }

  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder("graph ").append(name).append(inputs.stream().map(Port::name).toList());
    nodes.forEach(node -> text.append("\n  ").append(node));
    return text.append("\n  -> ").append(outputs.stream().map(Port::name).toList()).toString();
  }
}
