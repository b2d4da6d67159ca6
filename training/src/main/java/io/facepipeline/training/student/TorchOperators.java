package io.facepipeline.training.student;

import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;
import io.facepipeline.training.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The operators without tensors of the network, which autograd follows. None works in place. */
abstract class TorchOperators implements Layers<Tensor> {
  private static final long[] NO_PADDING = {0, 0};

  @Override
  public final Tensor matMul(Tensor a, Tensor b) {
    // Constants are float32, images may be bfloat16.
    return torch.matmul(a.to(ScalarType.Float), b.to(ScalarType.Float));
  }

  @Override
  public final Tensor relu(Tensor x) {
    return x.relu();
  }

  @Override
  public final Tensor sigmoid(Tensor x) {
    return x.sigmoid();
  }

  @Override
  public final Tensor tanh(Tensor x) {
    return x.tanh();
  }

  @Override
  public final Tensor gelu(Tensor x) {
    return torch.gelu(x);
  }

  @Override
  public final Tensor sqrt(Tensor x) {
    return x.sqrt();
  }

  @Override
  public final Tensor abs(Tensor x) {
    return x.abs();
  }

  @Override
  public final Tensor add(Tensor a, Tensor b) {
    return a.add(b);
  }

  @Override
  public final Tensor sub(Tensor a, Tensor b) {
    return a.sub(b);
  }

  @Override
  public final Tensor mul(Tensor a, Tensor b) {
    return a.mul(b);
  }

  @Override
  public final Tensor div(Tensor a, Tensor b) {
    return a.div(b);
  }

  @Override
  public final Tensor max(Tensor a, Tensor b) {
    return torch.maximum(a, b);
  }

  @Override
  public final Tensor clip(Tensor x, float least, float most) {
    // The same values as clamp's, whose gradient takes a quarter of a MobileFaceNet's step.
    return torch.hardtanh(x, new Scalar(least), new Scalar(most));
  }

  @Override
  public final Tensor affine(Tensor x, float scale, float shift) {
    Tensor scaled = x.mul(new Scalar(scale));
    return shift == 0 ? scaled : scaled.add(new Scalar(shift));
  }

  @Override
  public final Tensor concat(int axis, List<Tensor> values) {
    TensorVector all = new TensorVector();
    values.forEach(all::push_back);
    return torch.cat(all, axis);
  }

  @Override
  public final Tensor flatten(Tensor x) {
    // What is laid out channels last is put in the order that the emitted graph has.
    return x.contiguous().flatten(1, -1);
  }

  @Override
  public final Tensor reshape(Tensor x, long... shape) {
    long[] wanted = shape.clone();
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = wanted[i] == 0 ? x.size(i) : wanted[i];
    }
    return x.contiguous().reshape(wanted);
  }

  @Override
  public final Tensor transpose(Tensor x, int... perm) {
    return x.permute(Arrays.stream(perm).asLongStream().toArray());
  }

  @Override
  public final Tensor softmax(Tensor x, int axis) {
    return x.softmax(axis);
  }

  @Override
  public final List<Tensor> split(Tensor x, int axis, long... sizes) {
    List<Tensor> pieces = new ArrayList<>();
    long from = 0;
    for (long size : sizes) {
      pieces.add(x.narrow(axis, from, size));
      from += size;
    }
    return pieces;
  }

  @Override
  public final Tensor slice(Tensor x, int axis, long from, long to) {
    return x.narrow(axis, from, Math.min(to, x.size(axis)) - from);
  }

  @Override
  public final Tensor gather(Tensor x, int axis, long... indices) {
    return x.index_select(
        axis, Tensors.indexes(Arrays.stream(indices).mapToInt(Math::toIntExact).toArray()));
  }

  @Override
  public final Tensor l2Normalize(Tensor x, int axis, float epsilon) {
    Tensor wide = x.to(ScalarType.Float);
    Tensor length = wide.norm(new ScalarOptional(new Scalar(2)), new long[] {axis}, true);
    return wide.div(length.clamp_min(new Scalar(epsilon)));
  }

  @Override
  public final Tensor maxPool(Tensor x, Window window) {
    return torch.max_pool2d(
        padded(x, window, Float.NEGATIVE_INFINITY),
        kernel(window),
        stride(window),
        padding(window),
        new long[] {1, 1},
        window.ceil());
  }

  @Override
  public final Tensor averagePool(Tensor x, Window window, boolean countPadding) {
    if (isSymmetric(window) || countPadding) {
      return averages(padded(x, window, 0), window, countPadding);
    }
    Tensor there = torch.ones_like(x);
    return averages(padded(x, window, 0), window, true)
        .div(averages(padded(there, window, 0), window, true));
  }

  private static Tensor averages(Tensor x, Window window, boolean countPadding) {
    return torch.avg_pool2d(
        x,
        kernel(window),
        stride(window),
        padding(window),
        window.ceil(),
        countPadding,
        new LongOptional());
  }

  @Override
  public final Tensor globalAveragePool(Tensor x) {
    return torch.adaptive_avg_pool2d(x, 1, 1);
  }

  @Override
  public final Tensor upsample(Tensor x, int factor) {
    long[] size = {factor * x.size(2), factor * x.size(3)};
    return torch.upsample_bilinear2d(x, size, true);
  }

  @Override
  public final Tensor upsampleNearest(Tensor x, int factor) {
    return torch.upsample_nearest2d(x, factor * x.size(2), factor * x.size(3));
  }

  @Override
  public final Tensor constant(String name, float[] values, int... shape) {
    return Tensors.floats(values, Arrays.stream(shape).asLongStream().toArray());
  }

  static long[] kernel(Window window) {
    return new long[] {window.kernelHeight(), window.kernelWidth()};
  }

  static long[] stride(Window window) {
    return new long[] {window.strideHeight(), window.strideWidth()};
  }

  /** What PyTorch's own operator pads with, the same on opposite sides. */
  static long[] padding(Window window) {
    return isSymmetric(window)
        ? new long[] {window.padTop(), window.padLeft()}
        : NO_PADDING.clone();
  }

  /** The images, padded here where PyTorch's operator cannot. */
  static Tensor padded(Tensor x, Window window, float value) {
    return isSymmetric(window)
        ? x
        : torch.constant_pad_nd(
            x,
            new long[] {window.padLeft(), window.padRight(), window.padTop(), window.padBottom()},
            new Scalar(value));
  }

  private static boolean isSymmetric(Window window) {
    return window.padTop() == window.padBottom() && window.padLeft() == window.padRight();
  }
}
