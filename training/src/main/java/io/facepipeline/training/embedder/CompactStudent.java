package io.facepipeline.training.embedder;

import static org.bytedeco.pytorch.global.torch.batch_norm;
import static org.bytedeco.pytorch.global.torch.conv2d;
import static org.bytedeco.pytorch.global.torch.linear;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The compact network in PyTorch, with the names that the library emits its graph from.
 * Convolutions run in bfloat16, all else and the parameters in float32. Not thread-safe.
 */
final class CompactStudent implements AutoCloseable {
  private static final int[] WIDTHS = {24, 48, 96, 160};
  private static final int[] BLOCKS = {0, 2, 2, 1};
  private static final int LAST_SIDE = ViewFile.SIDE >> WIDTHS.length;
  private static final long[] ONE = {1, 1};
  private static final double MOMENTUM = 0.1;
  private static final double EPSILON = 1e-5;

  private final boolean half;
  private final Map<String, Tensor> parameters = new LinkedHashMap<>();
  private final Map<String, Tensor> buffers = new LinkedHashMap<>();

  /**
   * Creates a network with random weights (He et al. 2015).
   *
   * @param dimensions of an embedding
   * @param half whether convolutions run in bfloat16
   */
  CompactStudent(int dimensions, boolean half, RandomGenerator random) {
    this.half = half;
    int inputs = 3;
    for (int stage = 0; stage < WIDTHS.length; stage++) {
      String name = "stage" + stage;
      convolution(name + ".down", WIDTHS[stage], inputs, 1, random);
      inputs = WIDTHS[stage];
      for (int block = 0; block < BLOCKS[stage]; block++) {
        convolution(name + "." + block + ".a", inputs, inputs, 1, random);
        // A block begins as nearly nothing, so that the depth does not matter at first.
        convolution(name + "." + block + ".b", inputs, inputs, 0.2f, random);
      }
    }
    int features = inputs * LAST_SIDE * LAST_SIDE;
    weights("dense.weight", features, random, dimensions, features);
    normalization("dense.norm", dimensions, 1);
  }

  Map<String, Tensor> parameters() {
    return parameters;
  }

  Map<String, Tensor> buffers() {
    return buffers;
  }

  /**
   * {@return features, [n, dimensions]}
   *
   * @param images [n, 3, 80, 80], scaled to -1 to 1, channels last in memory
   */
  Tensor forward(Tensor images) {
    Tensor x = images;
    for (int stage = 0; stage < WIDTHS.length; stage++) {
      String name = "stage" + stage;
      x = convolved(x, name + ".down", 2).relu_();
      for (int block = 0; block < BLOCKS[stage]; block++) {
        Tensor inner = convolved(x, name + "." + block + ".a", 1).relu_();
        inner = convolved(inner, name + "." + block + ".b", 1);
        x = inner.add_(x).relu_();
      }
    }
    Tensor flat = x.to(ScalarType.Float).contiguous().flatten(1, 3);
    return normalized(linear(flat, get("dense.weight")), "dense.norm");
  }

  private Tensor convolved(Tensor x, String name, long stride) {
    Tensor weight = get(name + ".weight");
    Tensor result =
        conv2d(
            half ? x.to(ScalarType.BFloat16) : x,
            half ? weight.to(ScalarType.BFloat16) : weight,
            new TensorOptional(),
            new long[] {stride, stride},
            ONE,
            ONE,
            1);
    return normalized(result, name + ".norm");
  }

  private Tensor normalized(Tensor x, String name) {
    return batch_norm(
        x,
        new TensorOptional(get(name + ".weight")),
        new TensorOptional(get(name + ".bias")),
        new TensorOptional(buffer(name + ".running_mean")),
        new TensorOptional(buffer(name + ".running_var")),
        true,
        MOMENTUM,
        EPSILON,
        false);
  }

  private Tensor get(String name) {
    Tensor parameter = parameters.get(name);
    if (parameter == null) {
      throw new IllegalStateException("the network has no parameter " + name);
    }
    return parameter;
  }

  private Tensor buffer(String name) {
    Tensor buffer = buffers.get(name);
    if (buffer == null) {
      throw new IllegalStateException("the network has no buffer " + name);
    }
    return buffer;
  }

  private void convolution(
      String name, int outputs, int inputs, float scale, RandomGenerator random) {
    weights(name + ".weight", inputs * 9, random, outputs, inputs, 3, 3);
    normalization(name + ".norm", outputs, scale);
  }

  private void weights(String name, int inputs, RandomGenerator random, long... shape) {
    long size = 1;
    for (long extent : shape) {
      size *= extent;
    }
    float[] values = new float[Math.toIntExact(size)];
    double deviation = Math.sqrt(2.0 / inputs);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian(0, deviation);
    }
    parameters.put(name, parameter(values, shape));
  }

  private void normalization(String name, int channels, float scale) {
    parameters.put(name + ".weight", parameter(filled(channels, scale), channels));
    parameters.put(name + ".bias", parameter(new float[channels], channels));
    buffers.put(name + ".running_mean", tensor(new float[channels], channels));
    buffers.put(name + ".running_var", tensor(filled(channels, 1), channels));
  }

  private static float[] filled(int size, float value) {
    float[] values = new float[size];
    Arrays.fill(values, value);
    return values;
  }

  private static Tensor parameter(float[] values, long... shape) {
    return tensor(values, shape).set_requires_grad(true).retainReference();
  }

  private static Tensor tensor(float[] values, long... shape) {
    try (FloatPointer pointer = new FloatPointer(values)) {
      return torch.from_blob(pointer, shape).clone().retainReference();
    }
  }

  @Override
  public void close() {
    parameters.values().forEach(Tensor::close);
    buffers.values().forEach(Tensor::close);
  }
}
