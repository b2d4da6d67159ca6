package io.facepipeline.onnx.graph;

import io.facepipeline.onnx.emit.Value;
import io.facepipeline.onnx.emit.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Emits a graph operation by operation: every method adds one (or a few) and gives a handle on the
 * result. Images are NCHW, that is [batch, channels, height, width]; vectors are [batch, features].
 * A node takes the name that {@link #named} announced, or its operator's name with a number.
 * Weights are shared, not copied. Not thread-safe.
 *
 * <p>Operators are those of <a href="https://onnx.ai/onnx/operators/">ONNX's operator set</a> 13 to
 * 17.
 */
public final class GraphBuilder extends Operations {
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

  @Override
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

  private String takeName(String op) {
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
    Value scaled =
        named(name + ".mul")
            .op("Mul", rank(x), Map.of(), x, constant(name + ".scale", perChannel(x, scale)));
    return named(name + ".add")
        .op("Add", rank(x), Map.of(), scaled, constant(name + ".shift", perChannel(x, shift)));
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
