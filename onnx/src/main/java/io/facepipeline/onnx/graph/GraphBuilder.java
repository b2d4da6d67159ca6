package io.facepipeline.onnx.graph;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Emits a graph operation by operation: every method adds one (or a few) and gives a handle on the
 * result. Images are NCHW, that is [batch, channels, height, width]; vectors are [batch, features].
 * A node takes the name that {@link #named} announced, or its operator's name with a number.
 * Weights are shared, not copied. Not thread-safe.
 *
 * <p>Operators are those of <a href="https://onnx.ai/onnx/operators/">ONNX's operator set</a> 13 to
 * 17.
 */
public sealed class GraphBuilder extends WeightedOperations permits LayerEmitter {
  private final GraphEditor graph = new GraphEditor();
  private final int opset;
  private final Set<String> taken = new HashSet<>();
  private final Map<String, Integer> ranks = new HashMap<>();
  private final Map<String, Integer> counters = new HashMap<>();
  private String nextName = "";

  /**
   * Starts an empty graph of operator set 13.
   *
   * @param name the graph's name
   */
  public GraphBuilder(String name) {
    this(name, 13);
  }

  /**
   * Starts an empty graph.
   *
   * @param name the graph's name
   * @param opset version of the operator set, 13 to 17
   * @throws IllegalArgumentException if the version is another
   */
  public GraphBuilder(String name, int opset) {
    this(opset, Set.of());
    if (opset < 13 || opset > 17) {
      throw new IllegalArgumentException(
          "graphs are built for operator sets 13 to 17 but got " + opset + "; use 13");
    }
    graph.name = name;
    graph.producer = "FacePipeline";
    graph.opsets.put("", (long) opset);
  }

  /** A fragment to be put into a graph whose names are taken. */
  GraphBuilder(int opset, Set<String> taken) {
    this.opset = opset;
    this.taken.addAll(taken);
  }

  GraphEditor editor() {
    return graph;
  }

  /** A handle on a value that is defined elsewhere; a rank of -1 is unknown. */
  Value foreign(String name, int rank) {
    ranks.put(name, rank);
    return new Value(name);
  }

  /**
   * Names the next node.
   *
   * @param name its name, by which its value goes too
   * @return this builder
   */
  @Override
  @CanIgnoreReturnValue
  public GraphBuilder named(String name) {
    nextName = name;
    return this;
  }

  /**
   * Adds a float32 input.
   *
   * @param name its name
   * @param dims its extents, -1 for one that is known only when the model runs
   * @return its handle
   */
  public Value input(String name, long... dims) {
    return input(Port.floats(name, dims));
  }

  /**
   * Adds a float32 input.
   *
   * @param name its name
   * @param dims its extents
   * @return its handle
   */
  public Value input(String name, Dim... dims) {
    return input(Port.floats(name, dims));
  }

  /**
   * Adds an input of any type.
   *
   * @param port the input
   * @return its handle
   * @throws IllegalArgumentException if the name is taken
   */
  public Value input(Port port) {
    if (!taken.add(port.name())) {
      throw new IllegalArgumentException(
          "the name '" + port.name() + "' is taken; give the input another");
    }
    graph.inputs.add(port);
    List<Dim> dims = port.dims();
    ranks.put(port.name(), dims == null ? -1 : dims.size());
    return new Value(port.name());
  }

  /**
   * Makes a value a float32 output under a name of its own.
   *
   * @param value the value
   * @param name the output's name
   * @param dims its extents, -1 for one that is known only when the model runs; none to leave the
   *     shape to the runtime
   * @return this builder
   * @throws IllegalArgumentException if the name is taken
   */
  public GraphBuilder output(Value value, String name, long... dims) {
    // The node that defines the value takes the name over, unless the value is wanted under another
    // name too.
    if (!value.name().equals(name)) {
      if (!taken.add(name)) {
        throw new IllegalArgumentException(
            "the name '" + name + "' is taken; give the output another");
      }
      graph.nodes.add(new Node("Identity", List.of(value.name()), List.of(name), Map.of()));
    }
    graph.outputs.add(
        dims.length == 0
            ? new Port(name, Tensor.FLOAT, null, Bytes.EMPTY)
            : Port.floats(name, dims));
    return this;
  }

  /**
   * Sets an entry of the model's metadata.
   *
   * @param key its key
   * @param value its value
   * @return this builder
   */
  public GraphBuilder metadata(String key, String value) {
    graph.metadata.put(key, value);
    return this;
  }

  /**
   * Finishes the graph.
   *
   * @return a valid graph without dead code
   * @throws io.facepipeline.onnx.MalformedModelException if it is not valid
   */
  public Graph build() {
    return graph.toGraph();
  }

  /**
   * A constant.
   *
   * @param name the name wanted
   * @param tensor its value
   * @return its handle
   */
  @Override
  public Value constant(String name, Tensor tensor) {
    String given = free(name);
    graph.initializers.put(given, tensor);
    ranks.put(
        given,
        tensor instanceof Weights w
            ? w.rank()
            : tensor instanceof Integers i ? i.dims().length : -1);
    return new Value(given);
  }

  /**
   * Any operator.
   *
   * @param op its name
   * @param rank number of dimensions of the result, -1 for unknown
   * @param attributes its attributes
   * @param inputs its inputs
   * @return its only output
   */
  @Override
  public Value op(String op, int rank, Map<String, Attribute> attributes, Value... inputs) {
    return op(op, rank, attributes, 1, inputs).get(0);
  }

  @Override
  List<Value> op(
      String op, int rank, Map<String, Attribute> attributes, int outputCount, Value... inputs) {
    String name = takeName(op);
    List<Value> results = new ArrayList<>();
    for (int i = 0; i < outputCount; i++) {
      String output = free(outputCount == 1 ? name : name + "." + i);
      ranks.put(output, rank);
      results.add(new Value(output));
    }
    graph.nodes.add(
        new Node(name, op, "", names(List.of(inputs)), names(results), attributes, Bytes.EMPTY));
    return Collections.unmodifiableList(results);
  }

  private static List<String> names(List<Value> values) {
    return values.stream().map(Value::name).toList();
  }

  /**
   * The node's name: announced, or counted per operator. Kept announced until the node itself takes
   * it.
   */
  @Override
  String peekName(String op) {
    if (nextName.isEmpty()) {
      nextName = op.toLowerCase(Locale.ROOT) + counters.merge(op, 1, Integer::sum);
    }
    return nextName;
  }

  @Override
  String takeName(String op) {
    String name = peekName(op);
    nextName = "";
    return name;
  }

  private String free(String base) {
    String candidate = base;
    for (int i = 1; !taken.add(candidate); i++) {
      candidate = base + "_" + i;
    }
    return candidate;
  }

  @Override
  int rank(Value value) {
    Integer rank = ranks.get(value.name());
    if (rank == null) {
      throw new IllegalArgumentException(
          "the value '"
              + value.name()
              + "' is not of this graph; use handles that this builder gave");
    }
    return rank;
  }

  @Override
  int opset() {
    return opset;
  }

  @Override
  void requireOpset(int least, String what) {
    if (opset < least) {
      throw new IllegalStateException(
          what
              + " needs operator set "
              + least
              + " but the graph is of "
              + opset
              + "; convert the model first");
    }
  }
}
