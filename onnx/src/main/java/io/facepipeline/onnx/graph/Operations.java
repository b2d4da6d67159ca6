package io.facepipeline.onnx.graph;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The operators without weights of their own, kept apart from {@link GraphBuilder} for its size.
 */
abstract sealed class Operations permits GraphBuilder {
  abstract Value op(String op, int rank, Map<String, Attribute> attributes, Value... inputs);

  abstract List<Value> op(
      String op, int rank, Map<String, Attribute> attributes, int outputCount, Value... inputs);

  abstract Value constant(String name, Tensor tensor);

  abstract String peekName(String op);

  abstract int rank(Value value);

  abstract void requireOpset(int least, String what);

  abstract int opset();

  private Value same(String op, Value... inputs) {
    int rank = Arrays.stream(inputs).mapToInt(this::rank).max().orElse(-1);
    return op(op, Arrays.stream(inputs).anyMatch(v -> rank(v) < 0) ? -1 : rank, Map.of(), inputs);
  }

  /**
   * {@code max(x, 0)}.
   *
   * @param x any shape
   * @return the shape of x
   */
  public Value relu(Value x) {
    return same("Relu", x);
  }

  /**
   * {@code 1 / (1 + exp(-x))}, in 0..1.
   *
   * @param x any shape
   * @return the shape of x
   */
  public Value sigmoid(Value x) {
    return same("Sigmoid", x);
  }

  /**
   * The hyperbolic tangent, in -1..1.
   *
   * @param x any shape
   * @return the shape of x
   */
  public Value tanh(Value x) {
    return same("Tanh", x);
  }

  /**
   * The square root.
   *
   * @param x any shape
   * @return the shape of x
   */
  public Value sqrt(Value x) {
    return same("Sqrt", x);
  }

  /**
   * The absolute value.
   *
   * @param x any shape
   * @return the shape of x
   */
  public Value abs(Value x) {
    return same("Abs", x);
  }

  /**
   * {@code a + b}. Shapes broadcast as NumPy's do.
   *
   * @param a any shape
   * @param b a shape that broadcasts with a's
   * @return the broadcast shape
   */
  public Value add(Value a, Value b) {
    return same("Add", a, b);
  }

  /**
   * {@code a - b}. Shapes broadcast as NumPy's do.
   *
   * @param a any shape
   * @param b a shape that broadcasts with a's
   * @return the broadcast shape
   */
  public Value sub(Value a, Value b) {
    return same("Sub", a, b);
  }

  /**
   * {@code a * b}. Shapes broadcast as NumPy's do.
   *
   * @param a any shape
   * @param b a shape that broadcasts with a's
   * @return the broadcast shape
   */
  public Value mul(Value a, Value b) {
    return same("Mul", a, b);
  }

  /**
   * {@code a / b}. Shapes broadcast as NumPy's do.
   *
   * @param a any shape
   * @param b a shape that broadcasts with a's
   * @return the broadcast shape
   */
  public Value div(Value a, Value b) {
    return same("Div", a, b);
  }

  /**
   * The greater of the two. Shapes broadcast as NumPy's do.
   *
   * @param a any shape
   * @param b a shape that broadcasts with a's
   * @return the broadcast shape
   */
  public Value max(Value a, Value b) {
    return same("Max", a, b);
  }

  /**
   * {@code min(max(x, least), most)}; 0 and 6 make it ReLU6.
   *
   * @param x any shape
   * @param least lower bound
   * @param most upper bound
   * @return the shape of x
   */
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

  /**
   * {@code scale * x + shift} with the same numbers for every element.
   *
   * @param x any shape
   * @param scale factor
   * @param shift summand
   * @return the shape of x
   */
  public Value affine(Value x, float scale, float shift) {
    String name = peekName("affine");
    Value scaled = same("Mul", x, constant(name + ".scale", Weights.scalar(scale)));
    return same("Add", scaled, constant(name + ".shift", Weights.scalar(shift)));
  }

  /**
   * Joins values along an axis.
   *
   * @param axis the axis, 1 for channels or features
   * @param values values that agree in every other extent
   * @return the joined value
   */
  public Value concat(int axis, Value... values) {
    return op("Concat", rank(values[0]), Map.of("axis", Attribute.of(axis)), values);
  }

  /**
   * Everything but the batch in one axis, row-major.
   *
   * @param x [n, ...]
   * @return vectors [n, product of the rest]
   */
  public Value flatten(Value x) {
    return op("Flatten", 2, Map.of("axis", Attribute.of(1)), x);
  }

  /**
   * Another shape for the same elements.
   *
   * @param x any shape
   * @param shape extents; 0 keeps x's, one -1 takes what is left
   * @return the reshaped value
   */
  public Value reshape(Value x, long... shape) {
    String name = peekName("Reshape");
    return op(
        "Reshape", shape.length, Map.of(), x, constant(name + ".shape", Integers.vector(shape)));
  }

  /**
   * Exchanges axes.
   *
   * @param x any shape
   * @param perm for each axis of the result the axis of x that it takes
   * @return the transposed value
   */
  public Value transpose(Value x, int... perm) {
    return op("Transpose", perm.length, Map.of("perm", Attribute.ints(perm)), x);
  }

  /**
   * {@code exp(x) / sum(exp(x))} along an axis; sums to 1 there.
   *
   * @param x any shape
   * @param axis the axis, -1 the last
   * @return the shape of x
   */
  public Value softmax(Value x, int axis) {
    requireOpset(13, "softmax");
    return op("Softmax", rank(x), Map.of("axis", Attribute.of(axis)), x);
  }

  /**
   * Cuts a value in pieces along an axis.
   *
   * @param x any shape
   * @param axis the axis
   * @param sizes extents of the pieces, which add up to x's
   * @return the pieces in order
   */
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

  /**
   * A part of a value along an axis.
   *
   * @param x any shape
   * @param axis the axis
   * @param from first index
   * @param to index behind the last
   * @return the part
   */
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

  /**
   * Picks slices along an axis; 2, 1, 0 along axis 1 turns RGB to BGR and back.
   *
   * @param x any shape
   * @param axis the axis
   * @param indices the indices to take, in order
   * @return x with {@code indices.length} slices along the axis
   */
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

  /**
   * {@code x / max(|x|, epsilon)} with the Euclidean length |x| along an axis.
   *
   * @param x any shape
   * @param axis the axis, 1 for [n, features]
   * @param epsilon least divisor, positive: zero vectors stay zero
   * @return the shape of x; length 1 along the axis
   */
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

  /**
   * Maximum pooling.
   *
   * @param x images [n, c, h, w]
   * @param window the window
   * @return images [n, c, h', w']
   */
  public Value maxPool(Value x, Window window) {
    Map<String, Attribute> attributes = windowAttributes(window);
    attributes.put("ceil_mode", Attribute.of(window.ceil() ? 1 : 0));
    return op("MaxPool", 4, attributes, x);
  }

  /**
   * Maximum pooling over square windows.
   *
   * @param x images [n, c, h, w]
   * @param kernel height and width of the window
   * @param stride step
   * @param pad padding on all sides
   * @param ceil whether a last window that reaches over the edge counts
   * @return images [n, c, h', w']
   */
  public Value maxPool(Value x, int kernel, int stride, int pad, boolean ceil) {
    Window window = Window.square(kernel, stride, pad);
    return maxPool(x, ceil ? window.ceiling() : window);
  }

  /**
   * Average pooling.
   *
   * @param x images [n, c, h, w]
   * @param window the window
   * @param countPadding whether padding counts as zeros in the average
   * @return images [n, c, h', w']
   */
  public Value averagePool(Value x, Window window, boolean countPadding) {
    Map<String, Attribute> attributes = windowAttributes(window);
    attributes.put("ceil_mode", Attribute.of(window.ceil() ? 1 : 0));
    attributes.put("count_include_pad", Attribute.of(countPadding ? 1 : 0));
    return op("AveragePool", 4, attributes, x);
  }

  /**
   * The mean over height and width.
   *
   * @param x images [n, c, h, w]
   * @return images [n, c, 1, 1]
   */
  public Value globalAveragePool(Value x) {
    return op("GlobalAveragePool", 4, Map.of(), x);
  }
}
