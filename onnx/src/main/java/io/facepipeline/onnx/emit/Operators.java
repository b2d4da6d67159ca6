package io.facepipeline.onnx.emit;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.List;

/**
 * The operators of a network that take no weights of a checkpoint. Each call adds a node and gives
 * the value that comes out of it. Not thread-safe.
 */
public interface Operators {
  /**
   * Names the next node.
   *
   * @param name its name, by which its value goes too
   * @return this
   */
  @CanIgnoreReturnValue
  Operators named(String name);

  /**
   * The product of matrices, those of the last two axes.
   *
   * @param a matrices [..., m, k]
   * @param b matrices [..., k, n]
   * @return matrices [..., m, n]
   */
  Value matMul(Value a, Value b);

  /**
   * {@code max(x, 0)}.
   *
   * @param x any shape
   * @return the shape of x
   */
  Value relu(Value x);

  /**
   * {@code 1 / (1 + exp(-x))}, in 0..1.
   *
   * @param x any shape
   * @return the shape of x
   */
  Value sigmoid(Value x);

  /**
   * The hyperbolic tangent, in -1..1.
   *
   * @param x any shape
   * @return the shape of x
   */
  Value tanh(Value x);

  /**
   * The square root.
   *
   * @param x any shape
   * @return the shape of x
   */
  Value sqrt(Value x);

  /**
   * The absolute value.
   *
   * @param x any shape
   * @return the shape of x
   */
  Value abs(Value x);

  /**
   * {@code a + b}. Shapes broadcast as NumPy's do.
   *
   * @param a any shape
   * @param b a shape that broadcasts with a's
   * @return the broadcast shape
   */
  Value add(Value a, Value b);

  /**
   * {@code a - b}. Shapes broadcast as NumPy's do.
   *
   * @param a any shape
   * @param b a shape that broadcasts with a's
   * @return the broadcast shape
   */
  Value sub(Value a, Value b);

  /**
   * {@code a * b}. Shapes broadcast as NumPy's do.
   *
   * @param a any shape
   * @param b a shape that broadcasts with a's
   * @return the broadcast shape
   */
  Value mul(Value a, Value b);

  /**
   * {@code a / b}. Shapes broadcast as NumPy's do.
   *
   * @param a any shape
   * @param b a shape that broadcasts with a's
   * @return the broadcast shape
   */
  Value div(Value a, Value b);

  /**
   * The greater of the two. Shapes broadcast as NumPy's do.
   *
   * @param a any shape
   * @param b a shape that broadcasts with a's
   * @return the broadcast shape
   */
  Value max(Value a, Value b);

  /**
   * {@code min(max(x, least), most)}; 0 and 6 make it ReLU6.
   *
   * @param x any shape
   * @param least lower bound
   * @param most upper bound
   * @return the shape of x
   */
  Value clip(Value x, float least, float most);

  /**
   * {@code scale * x + shift} with the same numbers for every element.
   *
   * @param x any shape
   * @param scale factor
   * @param shift summand
   * @return the shape of x
   */
  Value affine(Value x, float scale, float shift);

  /**
   * Joins values along an axis.
   *
   * @param axis the axis, 1 for channels or features
   * @param values values that agree in every other extent
   * @return the joined value
   */
  Value concat(int axis, Value... values);

  /**
   * Everything but the batch in one axis, row-major.
   *
   * @param x [n, ...]
   * @return vectors [n, product of the rest]
   */
  Value flatten(Value x);

  /**
   * Another shape for the same elements.
   *
   * @param x any shape
   * @param shape extents; 0 keeps x's, one -1 takes what is left
   * @return the reshaped value
   */
  Value reshape(Value x, long... shape);

  /**
   * Exchanges axes.
   *
   * @param x any shape
   * @param perm for each axis of the result the axis of x that it takes
   * @return the transposed value
   */
  Value transpose(Value x, int... perm);

  /**
   * {@code exp(x) / sum(exp(x))} along an axis; sums to 1 there.
   *
   * @param x any shape
   * @param axis the axis, -1 the last
   * @return the shape of x
   */
  Value softmax(Value x, int axis);

  /**
   * Cuts a value in pieces along an axis.
   *
   * @param x any shape
   * @param axis the axis
   * @param sizes extents of the pieces, which add up to x's
   * @return the pieces in order
   */
  List<Value> split(Value x, int axis, long... sizes);

  /**
   * A part of a value along an axis.
   *
   * @param x any shape
   * @param axis the axis
   * @param from first index
   * @param to index behind the last
   * @return the part
   */
  Value slice(Value x, int axis, long from, long to);

  /**
   * Picks slices along an axis; 2, 1, 0 along axis 1 turns RGB to BGR and back.
   *
   * @param x any shape
   * @param axis the axis
   * @param indices the indices to take, in order
   * @return x with {@code indices.length} slices along the axis
   */
  Value gather(Value x, int axis, long... indices);

  /**
   * {@code x / max(|x|, epsilon)} with the Euclidean length |x| along an axis.
   *
   * @param x any shape
   * @param axis the axis, 1 for [n, features]
   * @param epsilon least divisor, positive: zero vectors stay zero
   * @return the shape of x; length 1 along the axis
   */
  Value l2Normalize(Value x, int axis, float epsilon);

  /**
   * Maximum pooling.
   *
   * @param x images [n, c, h, w]
   * @param window the window
   * @return images [n, c, h', w']
   */
  Value maxPool(Value x, Window window);

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
  Value maxPool(Value x, int kernel, int stride, int pad, boolean ceil);

  /**
   * Average pooling.
   *
   * @param x images [n, c, h, w]
   * @param window the window
   * @param countPadding whether padding counts as zeros in the average
   * @return images [n, c, h', w']
   */
  Value averagePool(Value x, Window window, boolean countPadding);

  /**
   * The mean over height and width.
   *
   * @param x images [n, c, h, w]
   * @return images [n, c, 1, 1]
   */
  Value globalAveragePool(Value x);

  /**
   * Values that do not depend on the input.
   *
   * @param name what to call them
   * @param values the values in row-major order
   * @param shape their shape
   * @return them
   * @throws IllegalArgumentException if there are not as many values as the shape has room for
   */
  Value constant(String name, float[] values, int... shape);
}
