package io.facepipeline.onnx.graph;

import io.facepipeline.onnx.layers.Window;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The operators without weights of their own, as {@link io.facepipeline.onnx.layers.Layers}
 * documents them.
 */
abstract sealed class Operations permits WeightedOperations {
  abstract Value op(String op, int rank, Map<String, Attribute> attributes, Value... inputs);

  abstract List<Value> op(
      String op, int rank, Map<String, Attribute> attributes, int outputCount, Value... inputs);

  abstract Value constant(String name, Tensor tensor);

  abstract String peekName(String op);

  abstract int rank(Value value);

  abstract void requireOpset(int least, String what);

  abstract int opset();

  public Value matMul(Value a, Value b) {
    return same("MatMul", a, b);
  }

  public Value constant(String name, float[] values, int... shape) {
    return constant(name, new Weights(shape, values));
  }

  private Value same(String op, Value... inputs) {
    int rank = Arrays.stream(inputs).mapToInt(this::rank).max().orElse(-1);
    return op(op, Arrays.stream(inputs).anyMatch(v -> rank(v) < 0) ? -1 : rank, Map.of(), inputs);
  }

  public Value relu(Value x) {
    return same("Relu", x);
  }

  public Value sigmoid(Value x) {
    return same("Sigmoid", x);
  }

  public Value tanh(Value x) {
    return same("Tanh", x);
  }

  public Value gelu(Value x) {
    String name = peekName("gelu");
    // The form that ONNX Runtime joins to one operator.
    Value scaled = same("Div", x, constant(name + ".root", Weights.scalar((float) Math.sqrt(2))));
    Value shifted = same("Add", same("Erf", scaled), constant(name + ".one", Weights.scalar(1)));
    return same("Mul", same("Mul", x, shifted), constant(name + ".half", Weights.scalar(0.5f)));
  }

  public Value sqrt(Value x) {
    return same("Sqrt", x);
  }

  public Value abs(Value x) {
    return same("Abs", x);
  }

  public Value add(Value a, Value b) {
    return same("Add", a, b);
  }

  public Value sub(Value a, Value b) {
    return same("Sub", a, b);
  }

  public Value mul(Value a, Value b) {
    return same("Mul", a, b);
  }

  public Value div(Value a, Value b) {
    return same("Div", a, b);
  }

  public Value max(Value a, Value b) {
    return same("Max", a, b);
  }

  public Value clip(Value x, float least, float most) {
    requireOpset(11, "clip");
    String name = peekName("Clip");
    return op(
        "Clip",
        rank(x),
        Map.of(),
        x,
        constant(name + ".min", Weights.scalar(least)),
        constant(name + ".max", Weights.scalar(most)));
  }

  public Value affine(Value x, float scale, float shift) {
    String name = peekName("affine");
    Value scaled = same("Mul", x, constant(name + ".scale", Weights.scalar(scale)));
    return same("Add", scaled, constant(name + ".shift", Weights.scalar(shift)));
  }

  public Value concat(int axis, Value... values) {
    return op("Concat", rank(values[0]), Map.of("axis", Attribute.of(axis)), values);
  }

  public Value concat(int axis, List<Value> values) {
    return concat(axis, values.toArray(new Value[0]));
  }

  public Value flatten(Value x) {
    return op("Flatten", 2, Map.of("axis", Attribute.of(1)), x);
  }

  public Value reshape(Value x, long... shape) {
    String name = peekName("Reshape");
    return op(
        "Reshape", shape.length, Map.of(), x, constant(name + ".shape", Integers.vector(shape)));
  }

  public Value transpose(Value x, int... perm) {
    return op("Transpose", perm.length, Map.of("perm", Attribute.ints(perm)), x);
  }

  public Value softmax(Value x, int axis) {
    requireOpset(13, "softmax");
    return op("Softmax", rank(x), Map.of("axis", Attribute.of(axis)), x);
  }

  public List<Value> split(Value x, int axis, long... sizes) {
    requireOpset(13, "split");
    String name = peekName("Split");
    return op(
        "Split",
        rank(x),
        Map.of("axis", Attribute.of(axis)),
        sizes.length,
        x,
        constant(name + ".sizes", Integers.vector(sizes)));
  }

  public Value slice(Value x, int axis, long from, long to) {
    requireOpset(10, "slice");
    String name = peekName("Slice");
    return op(
        "Slice",
        rank(x),
        Map.of(),
        x,
        constant(name + ".from", Integers.vector(from)),
        constant(name + ".to", Integers.vector(to)),
        constant(name + ".axis", Integers.vector(axis)));
  }

  public Value gather(Value x, int axis, long... indices) {
    String name = peekName("Gather");
    return op(
        "Gather",
        rank(x),
        Map.of("axis", Attribute.of(axis)),
        x,
        constant(name + ".indices", Integers.vector(indices)));
  }

  /**
   * Converts the element type.
   *
   * @param x any shape
   * @param elementType ONNX's code, such as {@link Tensor#FLOAT}
   * @return the shape of x
   */
  public Value cast(Value x, int elementType) {
    return op("Cast", rank(x), Map.of("to", Attribute.of(elementType)), x);
  }

  /** The mean over the last axis, which stays. */
  final Value mean(Value x) {
    return op(
        "ReduceMean",
        rank(x),
        attributes("axes", Attribute.ints(-1), "keepdims", Attribute.of(1)),
        x);
  }

  public Value l2Normalize(Value x, int axis, float epsilon) {
    String name = peekName("l2");
    Attribute keep = Attribute.of(1);
    Value norm =
        opset() < 18
            ? op("ReduceL2", rank(x), attributes("axes", Attribute.ints(axis), "keepdims", keep), x)
            : op(
                "ReduceL2",
                rank(x),
                Map.of("keepdims", keep),
                x,
                constant(name + ".axes", Integers.vector(axis)));
    Value floor = same("Max", norm, constant(name + ".epsilon", Weights.scalar(epsilon)));
    return same("Div", x, floor);
  }

  private static Map<String, Attribute> attributes(
      String k1, Attribute v1, String k2, Attribute v2) {
    // Map.of has no fixed order, and equal graphs must give equal files.
    Map<String, Attribute> ordered = new LinkedHashMap<>();
    ordered.put(k1, v1);
    ordered.put(k2, v2);
    return ordered;
  }

  static Map<String, Attribute> windowAttributes(Window w) {
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    attributes.put("kernel_shape", Attribute.ints(w.kernelHeight(), w.kernelWidth()));
    attributes.put("strides", Attribute.ints(w.strideHeight(), w.strideWidth()));
    attributes.put("pads", Attribute.ints(w.padTop(), w.padLeft(), w.padBottom(), w.padRight()));
    return attributes;
  }

  public Value maxPool(Value x, Window window) {
    Map<String, Attribute> attributes = windowAttributes(window);
    attributes.put("ceil_mode", Attribute.of(window.ceil() ? 1 : 0));
    return op("MaxPool", 4, attributes, x);
  }

  public Value maxPool(Value x, int kernel, int stride, int pad, boolean ceil) {
    Window window = Window.square(kernel, stride, pad);
    return maxPool(x, ceil ? window.ceiling() : window);
  }

  public Value averagePool(Value x, Window window, boolean countPadding) {
    Map<String, Attribute> attributes = windowAttributes(window);
    attributes.put("ceil_mode", Attribute.of(window.ceil() ? 1 : 0));
    attributes.put("count_include_pad", Attribute.of(countPadding ? 1 : 0));
    return op("AveragePool", 4, attributes, x);
  }

  public Value globalAveragePool(Value x) {
    return op("GlobalAveragePool", 4, Map.of(), x);
  }

  public Value upsample(Value x, int factor) {
    return resize(x, factor, "mode", "linear", "coordinate_transformation_mode", "align_corners");
  }

  public Value upsampleNearest(Value x, int factor) {
    return resize(
        x, factor, "coordinate_transformation_mode", "asymmetric", "nearest_mode", "floor");
  }

  private Value resize(Value x, int factor, String k1, String v1, String k2, String v2) {
    requireOpset(13, "upsample");
    String name = peekName("Resize");
    return op(
        "Resize",
        4,
        attributes(k1, Attribute.of(v1), k2, Attribute.of(v2)),
        x,
        constant(name + ".region", Weights.vector()),
        constant(name + ".scales", Weights.vector(1, 1, factor, factor)));
  }
}
