package io.facepipeline.onnx.layers;

import java.util.List;

/**
 * The layers and operators that networks are described with, under PyTorch's names. A network is
 * described once, and the description serves twice: to emit the graph of a checkpoint, and to build
 * a network that can be trained. So it states what a checkpoint would tell: the widths, whether
 * there is a bias, the epsilon.
 *
 * <p>A layer's name is that of its tensors in the checkpoints: {@code conv1} has {@code
 * conv1.weight}. In a new network, the weights of convolutions and linear layers are drawn as He et
 * al. (2015) have it; biases are 0, the slopes of PReLU 0.25. Dropout is left out. Images are [n,
 * channels, height, width], vectors [n, features].
 *
 * <p>Not thread-safe.
 *
 * @param <V> a value: what a layer takes and gives
 */
public interface Layers<V> {
  /**
   * The end of a stage: where a network that is trained may be compared with another one that has
   * the same stages, and may go on from what the other gives. Elsewhere nothing happens.
   *
   * @param x what the stage gives
   * @param name the stage's name
   * @return what the next stage takes, of the shape of x
   */
  default V stage(V x, String name) {
    return x;
  }

  /**
   * A convolution ({@code Conv2d}).
   *
   * @param x images [n, c, h, w]
   * @param name the layer's name
   * @param channels the number of channels it gives
   * @param window its kernel, stride and padding
   * @param groups the number of groups; c makes it depthwise
   * @param bias whether it has a bias
   * @return images [n, channels, h', w']
   * @throws io.facepipeline.onnx.MalformedModelException if a tensor is missing from the checkpoint
   *     or has another shape
   */
  V conv2d(V x, String name, int channels, Window window, int groups, boolean bias);

  /**
   * A convolution ({@code Conv2d}) of one group.
   *
   * @param x images [n, c, h, w]
   * @param name the layer's name
   * @param channels the number of channels it gives
   * @param window its kernel, stride and padding
   * @param bias whether it has a bias
   * @return images [n, channels, h', w']
   * @throws io.facepipeline.onnx.MalformedModelException if a tensor is missing from the checkpoint
   *     or has another shape
   */
  default V conv2d(V x, String name, int channels, Window window, boolean bias) {
    return conv2d(x, name, channels, window, 1, bias);
  }

  /**
   * A fully connected layer ({@code Linear}).
   *
   * @param x vectors [n, inputs]
   * @param name the layer's name
   * @param inputs the number of its inputs
   * @param outputs the number of its outputs
   * @param bias whether it has a bias
   * @return vectors [n, outputs]
   * @throws io.facepipeline.onnx.MalformedModelException if a tensor is missing from the checkpoint
   *     or has another shape
   */
  V linear(V x, String name, int inputs, int outputs, boolean bias);

  /**
   * A batch normalization ({@code BatchNorm1d} or {@code BatchNorm2d}); while it is trained its
   * running means move by a tenth.
   *
   * @param x images [n, c, h, w] or vectors [n, c]
   * @param name the layer's name
   * @param epsilon what is added to the variance, PyTorch's default is 1e-5
   * @return the shape of x
   * @throws io.facepipeline.onnx.MalformedModelException if a tensor is missing from the checkpoint
   *     or has another shape
   */
  default V batchNorm(V x, String name, float epsilon) {
    return batchNorm(x, name, epsilon, 1);
  }

  /**
   * A batch normalization whose weights begin as a number other than 1 in a new network, such as at
   * the end of a residual branch that is to do little at first.
   *
   * @param x images [n, c, h, w] or vectors [n, c]
   * @param name the layer's name
   * @param epsilon what is added to the variance
   * @param gain what the weights begin as
   * @return the shape of x
   * @throws io.facepipeline.onnx.MalformedModelException if a tensor is missing from the checkpoint
   *     or has another shape
   */
  V batchNorm(V x, String name, float epsilon, float gain);

  /**
   * A rectifier with a learned slope per channel ({@code PReLU}).
   *
   * @param x images [n, c, h, w] or vectors [n, c]
   * @param name the layer's name
   * @return the shape of x
   * @throws io.facepipeline.onnx.MalformedModelException if a tensor is missing from the checkpoint
   *     or has another shape
   */
  V prelu(V x, String name);

  /**
   * A normalization over the last axis with a learned scale and shift ({@code LayerNorm}).
   *
   * @param x any shape whose last axis has that many features
   * @param name the layer's name
   * @param features the extent of the last axis
   * @param epsilon what is added to the variance, PyTorch's default is 1e-5
   * @return the shape of x
   * @throws io.facepipeline.onnx.MalformedModelException if a tensor is missing from the checkpoint
   *     or has another shape
   */
  V layerNorm(V x, String name, int features, float epsilon);

  /**
   * A tensor of its own ({@code Parameter}), for layers that are not here. One that nothing is
   * computed from is still part of the network, for checkpoints that have such.
   *
   * @param name the tensor's name
   * @param initial what its values begin as in a new network
   * @param shape its shape
   * @return the tensor
   * @throws io.facepipeline.onnx.MalformedModelException if it is missing from the checkpoint or
   *     has another shape
   */
  V parameter(String name, float initial, int... shape);

  /**
   * Whether the network has a tensor, for networks of which the published checkpoints differ: in
   * the number of blocks, or because a batch normalization has been folded into a bias.
   *
   * @param tensor the tensor's name
   * @param whenNew the answer for a new network
   * @return whether the checkpoint holds it
   */
  boolean has(String tensor, boolean whenNew);

  /**
   * The product of matrices, those of the last two axes.
   *
   * @param a matrices [..., m, k]
   * @param b matrices [..., k, n]
   * @return matrices [..., m, n]
   */
  V matMul(V a, V b);

  /**
   * {@return {@code max(x, 0)} in the shape of x}
   *
   * @param x any shape
   */
  V relu(V x);

  /**
   * {@return {@code 1 / (1 + exp(-x))}, in 0..1, in the shape of x}
   *
   * @param x any shape
   */
  V sigmoid(V x);

  /**
   * {@return the hyperbolic tangent, in -1..1, in the shape of x}
   *
   * @param x any shape
   */
  V tanh(V x);

  /**
   * {@code x * P(X <= x)} for a standard normal X (Hendrycks and Gimpel 2016), not approximated.
   *
   * @param x any shape
   * @return the shape of x
   */
  V gelu(V x);

  /**
   * {@return the square root in the shape of x}
   *
   * @param x any shape
   */
  V sqrt(V x);

  /**
   * {@return the absolute value in the shape of x}
   *
   * @param x any shape
   */
  V abs(V x);

  /**
   * {@return {@code a + b}, in the broadcast shape}
   *
   * @param a any shape
   * @param b a shape that broadcasts with a's, as NumPy's do
   */
  V add(V a, V b);

  /**
   * {@return {@code a - b}, in the broadcast shape}
   *
   * @param a any shape
   * @param b a shape that broadcasts with a's, as NumPy's do
   */
  V sub(V a, V b);

  /**
   * {@return {@code a * b}, in the broadcast shape}
   *
   * @param a any shape
   * @param b a shape that broadcasts with a's, as NumPy's do
   */
  V mul(V a, V b);

  /**
   * {@return {@code a / b}, in the broadcast shape}
   *
   * @param a any shape
   * @param b a shape that broadcasts with a's, as NumPy's do
   */
  V div(V a, V b);

  /**
   * {@return the greater of the two, in the broadcast shape}
   *
   * @param a any shape
   * @param b a shape that broadcasts with a's, as NumPy's do
   */
  V max(V a, V b);

  /**
   * {@code min(max(x, least), most)}; 0 and 6 make it ReLU6.
   *
   * @param x any shape
   * @param least lower bound
   * @param most upper bound
   * @return the shape of x
   */
  V clip(V x, float least, float most);

  /**
   * {@code scale * x + shift} with the same numbers for every element.
   *
   * @param x any shape
   * @param scale factor
   * @param shift summand
   * @return the shape of x
   */
  V affine(V x, float scale, float shift);

  /**
   * Joins values along an axis.
   *
   * @param axis the axis, 1 for channels or features
   * @param values values that agree in every other extent
   * @return the joined value
   */
  V concat(int axis, List<V> values);

  /**
   * Everything but the batch in one axis, row-major.
   *
   * @param x [n, ...]
   * @return vectors [n, product of the rest]
   */
  V flatten(V x);

  /**
   * Another shape for the same elements.
   *
   * @param x any shape
   * @param shape extents; 0 keeps x's, one -1 takes what is left
   * @return the reshaped value
   */
  V reshape(V x, long... shape);

  /**
   * Exchanges axes.
   *
   * @param x any shape
   * @param perm for each axis of the result the axis of x that it takes
   * @return the transposed value
   */
  V transpose(V x, int... perm);

  /**
   * {@code exp(x) / sum(exp(x))} along an axis; sums to 1 there.
   *
   * @param x any shape
   * @param axis the axis, -1 the last
   * @return the shape of x
   */
  V softmax(V x, int axis);

  /**
   * Cuts a value in pieces along an axis.
   *
   * @param x any shape
   * @param axis the axis
   * @param sizes extents of the pieces, which add up to x's
   * @return the pieces in order
   */
  List<V> split(V x, int axis, long... sizes);

  /**
   * A part of a value along an axis.
   *
   * @param x any shape
   * @param axis the axis
   * @param from first index
   * @param to index behind the last
   * @return the part
   */
  V slice(V x, int axis, long from, long to);

  /**
   * Picks slices along an axis; 2, 1, 0 along axis 1 turns RGB to BGR and back.
   *
   * @param x any shape
   * @param axis the axis
   * @param indices the indices to take, in order
   * @return x with {@code indices.length} slices along the axis
   */
  V gather(V x, int axis, long... indices);

  /**
   * {@code x / max(|x|, epsilon)} with the Euclidean length |x| along an axis.
   *
   * @param x any shape
   * @param axis the axis, 1 for [n, features]
   * @param epsilon least divisor, positive: zero vectors stay zero
   * @return the shape of x; length 1 along the axis
   */
  V l2Normalize(V x, int axis, float epsilon);

  /**
   * Maximum pooling.
   *
   * @param x images [n, c, h, w]
   * @param window the window
   * @return images [n, c, h', w']
   */
  V maxPool(V x, Window window);

  /**
   * Average pooling.
   *
   * @param x images [n, c, h, w]
   * @param window the window
   * @param countPadding whether padding counts as zeros in the average
   * @return images [n, c, h', w']
   */
  V averagePool(V x, Window window, boolean countPadding);

  /**
   * The mean over height and width.
   *
   * @param x images [n, c, h, w]
   * @return images [n, c, 1, 1]
   */
  V globalAveragePool(V x);

  /**
   * Enlarges images, bilinear with the corners aligned ({@code UpsamplingBilinear2d}).
   *
   * @param x images [n, c, h, w]
   * @param factor how many times as high and wide
   * @return images [n, c, factor * h, factor * w]
   */
  V upsample(V x, int factor);

  /**
   * Enlarges images by repeating their pixels ({@code UpsamplingNearest2d}).
   *
   * @param x images [n, c, h, w]
   * @param factor how many times as high and wide
   * @return images [n, c, factor * h, factor * w]
   */
  V upsampleNearest(V x, int factor);

  /**
   * Values that do not depend on the input.
   *
   * @param name what to call them
   * @param values the values in row-major order
   * @param shape their shape
   * @return them
   * @throws IllegalArgumentException if there are not as many values as the shape has room for
   */
  V constant(String name, float[] values, int... shape);
}
