package io.facepipeline.onnx.graph;

import io.facepipeline.onnx.MalformedModelException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A graph under change, for rewrites: look-ups to find a pattern, and the few changes that they
 * need. Stated shapes of intermediate values are dropped from the result, as a rewrite may change
 * them. Not thread-safe.
 */
public final class GraphEditor {
  public String name = "";
  public long irVersion = 8;
  public String producer = "";
  public final Map<String, Long> opsets = new LinkedHashMap<>();
  public final List<Port> inputs = new ArrayList<>();
  public final List<Port> outputs = new ArrayList<>();
  public final List<Node> nodes = new ArrayList<>();
  public final Map<String, Tensor> initializers = new LinkedHashMap<>();
  public final Map<String, String> metadata = new LinkedHashMap<>();
  public Bytes valueInfo = Bytes.EMPTY;
  public Bytes graphExtra = Bytes.EMPTY;
  public Bytes modelExtra = Bytes.EMPTY;

  public GraphEditor() {}

  public GraphEditor(Graph graph) {
    name = graph.name();
    irVersion = graph.irVersion();
    producer = graph.producer();
    opsets.putAll(graph.opsets());
    inputs.addAll(graph.inputs());
    outputs.addAll(graph.outputs());
    nodes.addAll(graph.nodes());
    initializers.putAll(graph.initializers());
    metadata.putAll(graph.metadata());
    graphExtra = graph.graphExtra();
    modelExtra = graph.modelExtra();
  }

  /**
   * The operations as they are now.
   *
   * @return a copy that later changes leave alone, in topological order
   */
  public List<Node> nodes() {
    return List.copyOf(nodes);
  }

  /**
   * The operation that defines a value.
   *
   * @param value the value's name
   * @return the node, or nothing for an input, an initializer or an unknown name
   */
  public Optional<Node> producer(String value) {
    return nodes.stream().filter(n -> n.outputs().contains(value)).findFirst();
  }

  /**
   * The operations that read a value, each once.
   *
   * @param value the value's name
   * @return in topological order
   */
  public List<Node> consumers(String value) {
    return nodes.stream().filter(n -> n.inputs().contains(value)).toList();
  }

  /**
   * The one operation that reads a value which nothing else reads and which is no output of the
   * graph.
   *
   * @param value the value's name
   * @return the node, or nothing where the value has other readers
   */
  public Optional<Node> onlyConsumer(String value) {
    List<Node> readers = consumers(value);
    return readers.size() == 1 && !isOutput(value) ? Optional.of(readers.get(0)) : Optional.empty();
  }

  /**
   * Whether a value is an output of the graph.
   *
   * @param value the value's name
   * @return whether it is
   */
  public boolean isOutput(String value) {
    return outputs.stream().anyMatch(p -> p.name().equals(value));
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
   * An initializer of any kind.
   *
   * @param value its name
   * @return the tensor, or empty if the name is not an initializer
   */
  public Optional<Tensor> initializer(String value) {
    return Optional.ofNullable(initializers.get(value));
  }

  /**
   * Adds a constant under a name that is free. Other readers of a weight that is replaced keep the
   * old one.
   *
   * @param base the name wanted
   * @param tensor the constant
   * @return the name given
   */
  public String addInitializer(String base, Tensor tensor) {
    String free = fresh(base);
    initializers.put(free, tensor);
    // Before version 4 an initializer had to be listed as an input as well.
    irVersion = Math.max(irVersion, 4);
    return free;
  }

  /**
   * A name that nothing in the graph uses.
   *
   * @param base the name wanted
   * @return the name itself, or with a number behind it
   */
  public String fresh(String base) {
    String candidate = base;
    for (int i = 1; isTaken(candidate); i++) {
      candidate = base + "_" + i;
    }
    return candidate;
  }

  private boolean isTaken(String value) {
    return initializers.containsKey(value)
        || isOutput(value)
        || inputs.stream().anyMatch(p -> p.name().equals(value))
        || nodes.stream().anyMatch(n -> n.inputs().contains(value) || n.outputs().contains(value));
  }

  Set<String> names() {
    Set<String> taken = new HashSet<>(initializers.keySet());
    inputs.forEach(p -> taken.add(p.name()));
    outputs.forEach(p -> taken.add(p.name()));
    for (Node node : nodes) {
      taken.addAll(node.inputs());
      taken.addAll(node.outputs());
    }
    return taken;
  }

  /**
   * Puts operations in the place of one.
   *
   * @param old the operation to remove, as it now stands in the graph
   * @param with the operations to put there, in topological order; none just removes
   * @throws IllegalArgumentException if {@code old} is not in the graph
   */
  public void replace(Node old, Node... with) {
    int index = nodes.indexOf(old);
    if (index < 0) {
      throw new IllegalArgumentException(
          "node " + old + " is not in the graph; look it up again after a change");
    }
    nodes.remove(index);
    nodes.addAll(index, List.of(with));
  }

  /**
   * Removes an operation.
   *
   * @param old the operation, as it now stands in the graph
   * @throws IllegalArgumentException if it is not in the graph
   */
  public void remove(Node old) {
    replace(old);
  }

  /**
   * Makes every operation that reads one value read another; the graph's outputs keep their names.
   *
   * @param from the value read so far
   * @param to the value to read
   */
  public void redirect(String from, String to) {
    nodes.replaceAll(
        n ->
            n.inputs().contains(from)
                ? n.withInputs(n.inputs().stream().map(i -> i.equals(from) ? to : i).toList())
                : n);
  }

  /**
   * Renames a value where it is defined and where operations read it; the graph's inputs and
   * outputs stay.
   *
   * @param from its name
   * @param to a name that is free
   */
  void renameValue(String from, String to) {
    redirect(from, to);
    nodes.replaceAll(
        n ->
            n.outputs().contains(from)
                ? n.withOutputs(n.outputs().stream().map(o -> o.equals(from) ? to : o).toList())
                : n);
    Tensor constant = initializers.remove(from);
    if (constant != null) {
      initializers.put(to, constant);
    }
  }

  /** Removes operations whose results nothing needs, then initializers that nothing reads. */
  public void removeDeadCode() {
    Set<String> needed = new HashSet<>();
    outputs.forEach(p -> needed.add(p.name()));
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (node.outputs().stream().anyMatch(needed::contains)) {
        needed.addAll(node.inputs());
      } else {
        nodes.remove(i);
      }
    }
    inputs.removeIf(p -> initializers.containsKey(p.name()) && !needed.contains(p.name()));
    initializers.keySet().retainAll(needed);
  }

  /**
   * The changed graph.
   *
   * @return a valid graph without dead code
   * @throws MalformedModelException if the changes left a value undefined, defined twice or read
   *     before its definition
   */
  public Graph toGraph() {
    removeDeadCode();
    nameNodesApart();
    return new Graph(this).validate();
  }

  /** ONNX Runtime refuses two nodes of one name, which a copied or split node can bring about. */
  private void nameNodesApart() {
    Set<String> taken = new HashSet<>();
    nodes.forEach(node -> taken.add(node.name()));
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < nodes.size(); i++) {
      String wanted = nodes.get(i).name();
      String given = wanted;
      for (int k = 1; !wanted.isEmpty() && !seen.add(given); k++) {
        given = wanted + "_" + k;
        while (taken.contains(given)) {
          given += "_";
        }
      }
      if (!given.equals(wanted)) {
        nodes.set(i, nodes.get(i).withName(given));
      }
    }
  }
}
