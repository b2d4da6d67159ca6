package io.facepipeline.training.student;

import io.facepipeline.FacePipelineException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.layers.Window;
import io.facepipeline.training.torch.Tensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * PyTorch's layers by name. A first pass over an empty image finds out which tensors there are and
 * makes them; later ones only use them.
 */
final class TorchLayers extends TorchOperators implements AutoCloseable {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";
  private static final double MOMENTUM = 0.1;
  private static final float FIRST_SLOPE = 0.25f;

  private final Map<String, Tensor> parameters = new LinkedHashMap<>();
  private final Map<String, Tensor> buffers = new LinkedHashMap<>();
  private final boolean half;
  private final RandomGenerator random;
  private final @Nullable Checkpoint like;
  private boolean built;
  private boolean training;
  private StageEnd stageEnd = (name, x) -> x;

  /**
   * Creates layers without tensors.
   *
   * @param half whether convolutions run in bfloat16; all else and the parameters are float32
   * @param random decides the weights (He et al. 2015)
   * @param like a checkpoint that tells which tensors there are, or null for a new network
   */
  TorchLayers(boolean half, RandomGenerator random, @Nullable Checkpoint like) {
    this.half = half;
    this.random = random;
    this.like = like;
  }

  /** From now on there are no more tensors to make. */
  void built() {
    built = true;
  }

  /** Whether batches are normalized with their own means, which move the running ones. */
  void training(boolean value) {
    training = value;
  }

  /** What happens at the end of each stage. */
  void stageEnd(StageEnd value) {
    stageEnd = value;
  }

  @Override
  public Tensor stage(Tensor x, String name) {
    return stageEnd.at(name, x);
  }

  Map<String, Tensor> parameters() {
    return parameters;
  }

  Map<String, Tensor> buffers() {
    return buffers;
  }

  @Override
  public Tensor conv2d(
      Tensor x, String name, int channels, Window window, int groups, boolean bias) {
    long inputs = x.size(1) / groups;
    int height = window.kernelHeight();
    int width = window.kernelWidth();
    Tensor weight =
        weights(name + WEIGHT, inputs * height * width, channels, inputs, height, width);
    Tensor input = padded(x, window, 0);
    return torch.conv2d(
        half ? input.to(ScalarType.BFloat16) : input,
        half ? weight.to(ScalarType.BFloat16) : weight,
        bias(name, channels, bias, half),
        stride(window),
        padding(window),
        new long[] {1, 1},
        groups);
  }

  /** Computed in float32. */
  @Override
  public Tensor linear(Tensor x, String name, int inputs, int outputs, boolean bias) {
    if (x.size(1) != inputs) {
      throw new FacePipelineException(
          "the layer "
              + name
              + " takes "
              + inputs
              + " inputs but gets "
              + x.size(1)
              + "; give the network images of the size that it is for");
    }
    Tensor weight = weights(name + WEIGHT, inputs, outputs, inputs);
    return torch.linear(x.to(ScalarType.Float), weight, bias(name, outputs, bias, false));
  }

  private TensorOptional bias(String name, int outputs, boolean there, boolean narrow) {
    if (!there) {
      return new TensorOptional();
    }
    Tensor bias = parameter(name + BIAS, 0, outputs);
    return new TensorOptional(narrow ? bias.to(ScalarType.BFloat16) : bias);
  }

  @Override
  public Tensor batchNorm(Tensor x, String name, float epsilon, float gain) {
    int channels = Math.toIntExact(x.size(1));
    return torch.batch_norm(
        x,
        new TensorOptional(parameter(name + WEIGHT, gain, channels)),
        new TensorOptional(parameter(name + BIAS, 0, channels)),
        new TensorOptional(buffer(name + ".running_mean", 0, channels)),
        new TensorOptional(buffer(name + ".running_var", 1, channels)),
        training,
        MOMENTUM,
        epsilon,
        false);
  }

  @Override
  public Tensor prelu(Tensor x, String name) {
    Tensor slope = parameter(name + WEIGHT, FIRST_SLOPE, Math.toIntExact(x.size(1)));
    return torch.prelu(x, slope.to(x.scalar_type()));
  }

  /** Computed in float32. */
  @Override
  public Tensor layerNorm(Tensor x, String name, int features, float epsilon) {
    return torch.layer_norm(
        x.to(ScalarType.Float),
        new long[] {features},
        new TensorOptional(parameter(name + WEIGHT, 1, features)),
        new TensorOptional(parameter(name + BIAS, 0, features)),
        epsilon,
        false);
  }

  @Override
  public Tensor parameter(String name, float initial, int... shape) {
    Tensor known = known(parameters, name);
    return known != null
        ? known
        : made(parameters, name, filled(initial, shape).set_requires_grad(true));
  }

  @Override
  public boolean has(String tensor, boolean whenNew) {
    return like == null ? whenNew : like.contains(tensor);
  }

  private Tensor weights(String name, long inputs, long... shape) {
    Tensor known = known(parameters, name);
    if (known != null) {
      return known;
    }
    float[] values =
        new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
    double deviation = Math.sqrt(2.0 / inputs);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian(0, deviation);
    }
    return made(parameters, name, Tensors.floats(values, shape).set_requires_grad(true));
  }

  private Tensor buffer(String name, float value, int size) {
    Tensor known = known(buffers, name);
    return known != null ? known : made(buffers, name, filled(value, size));
  }

  private @Nullable Tensor known(Map<String, Tensor> tensors, String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null && built) {
      throw new IllegalStateException("the network has no tensor " + name);
    }
    return tensor;
  }

  private static Tensor made(Map<String, Tensor> tensors, String name, Tensor tensor) {
    tensors.put(name, tensor.retainReference());
    return tensor;
  }

  private static Tensor filled(float value, int... shape) {
    long[] dims = Arrays.stream(shape).asLongStream().toArray();
    float[] values = new float[Math.toIntExact(Arrays.stream(dims).reduce(1, Math::multiplyExact))];
    Arrays.fill(values, value);
    return Tensors.floats(values, dims);
  }

  @Override
  public void close() {
    parameters.values().forEach(Tensor::close);
    buffers.values().forEach(Tensor::close);
  }
}
