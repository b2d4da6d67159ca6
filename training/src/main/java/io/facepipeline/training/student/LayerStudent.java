package io.facepipeline.training.student;

import static org.bytedeco.pytorch.global.torch.conv2d;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.training.torch.Tensors;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * PyTorch's layers by name. An architecture is written once, as its pass forward: a first pass over
 * an empty image finds out which tensors there are and makes them; later ones only use them.
 */
abstract class LayerStudent implements Student {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";
  private static final String MEAN = ".running_mean";
  private static final String VARIANCE = ".running_var";
  private static final double MOMENTUM = 0.1;
  private static final double EPSILON = 1e-5;
  private static final float FIRST_SLOPE = 0.25f;

  private final int side;
  private final boolean half;
  private final Map<String, Tensor> parameters = new LinkedHashMap<>();
  private final Map<String, Tensor> buffers = new LinkedHashMap<>();
  private final RandomGenerator random;
  private boolean training;
  private boolean built;

  /**
   * Creates a network without tensors, for {@link #build} to make.
   *
   * @param side of an image
   * @param half whether convolutions run in bfloat16; all else and the parameters are float32
   * @param random decides the weights (He et al. 2015)
   */
  LayerStudent(int side, boolean half, RandomGenerator random) {
    this.side = side;
    this.half = half;
    this.random = random;
  }

  /** Makes the tensors; to be called at the end of a constructor. */
  @SuppressWarnings("try") // the scopes are used by closing them
  final void build() {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      features(torch.zeros(1, 3, side, side));
      built = true;
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** The pass forward. */
  abstract Tensor features(Tensor images);

  @Override
  public final Tensor forward(Tensor images, boolean training) {
    this.training = training;
    return features(images);
  }

  @Override
  public final int side() {
    return side;
  }

  @Override
  public final Map<String, Tensor> parameters() {
    return Collections.unmodifiableMap(parameters);
  }

  @Override
  public final Map<String, Tensor> buffers() {
    return Collections.unmodifiableMap(buffers);
  }

  /** A convolution without bias, and a kernel as wide as high. */
  final Tensor conv(
      Tensor x, String name, int outputs, int kernel, int stride, int pad, int groups) {
    long inputs = x.size(1) / groups;
    Tensor weight =
        weights(name + WEIGHT, inputs * kernel * kernel, outputs, inputs, kernel, kernel);
    return conv2d(
        half ? x.to(ScalarType.BFloat16) : x,
        half ? weight.to(ScalarType.BFloat16) : weight,
        new TensorOptional(),
        new long[] {stride, stride},
        new long[] {pad, pad},
        new long[] {1, 1},
        groups);
  }

  /** A batch normalization of images or vectors. */
  final Tensor batchNorm(Tensor x, String name) {
    return batchNorm(x, name, 1);
  }

  /** A batch normalization whose results are multiplied by a gain at first. */
  final Tensor batchNorm(Tensor x, String name, float gain) {
    int channels = Math.toIntExact(x.size(1));
    return torch.batch_norm(
        x,
        new TensorOptional(parameter(name + WEIGHT, gain, channels)),
        new TensorOptional(parameter(name + BIAS, 0, channels)),
        new TensorOptional(buffer(name + MEAN, 0, channels)),
        new TensorOptional(buffer(name + VARIANCE, 1, channels)),
        training,
        MOMENTUM,
        EPSILON,
        false);
  }

  /** A rectifier with a slope per channel. */
  final Tensor prelu(Tensor x, String name) {
    Tensor slope = parameter(name + WEIGHT, FIRST_SLOPE, Math.toIntExact(x.size(1)));
    return torch.prelu(x, half ? slope.to(x.scalar_type()) : slope);
  }

  /** A fully connected layer, computed in float32. */
  final Tensor dense(Tensor x, String name, int outputs, boolean biased) {
    Tensor input = x.to(ScalarType.Float);
    long inputs = input.size(1);
    Tensor weight = weights(name + WEIGHT, inputs, outputs, inputs);
    return biased
        ? torch.linear(input, weight, new TensorOptional(parameter(name + BIAS, 0, outputs)))
        : torch.linear(input, weight);
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

  private Tensor parameter(String name, float value, int size) {
    Tensor known = known(parameters, name);
    return known != null
        ? known
        : made(parameters, name, Tensors.floats(filled(value, size), size).set_requires_grad(true));
  }

  private Tensor buffer(String name, float value, int size) {
    Tensor known = known(buffers, name);
    return known != null ? known : made(buffers, name, Tensors.floats(filled(value, size), size));
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

  private static float[] filled(float value, int size) {
    float[] values = new float[size];
    Arrays.fill(values, value);
    return values;
  }

  private Map<String, Tensor> all() {
    Map<String, Tensor> all = new LinkedHashMap<>(parameters);
    all.putAll(buffers);
    return all;
  }

  @Override
  @SuppressWarnings("try") // the scopes are used by closing them
  public final void load(Checkpoint checkpoint) {
    Map<String, Tensor> all = all();
    List<String> more =
        checkpoint.tensors().keySet().stream()
            .filter(name -> !all.containsKey(name) && !name.endsWith("num_batches_tracked"))
            .toList();
    if (!more.isEmpty()) {
      throw new MalformedModelException(
          checkpoint.file()
              + " has "
              + more.size()
              + " more tensors than the network, the first is "
              + more.get(0)
              + "; use a checkpoint of the same architecture");
    }
    // All are checked before the first is written.
    all.forEach(
        (name, own) -> {
          if (isAdded(checkpoint, name)) {
            return;
          }
          long[] found = Arrays.stream(checkpoint.tensor(name).shape()).asLongStream().toArray();
          if (!Arrays.equals(found, own.shape())) {
            throw new MalformedModelException(
                checkpoint.file()
                    + ": "
                    + name
                    + " has the shape "
                    + Arrays.toString(found)
                    + ", but the network has "
                    + Arrays.toString(own.shape())
                    + "; use a checkpoint of the same sizes");
          }
        });
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      all.forEach(
          (name, own) -> {
            if (!isAdded(checkpoint, name)) {
              float[] values = checkpoint.tensor(name).floats();
              own.detach().copy_(Tensors.floats(values, own.shape()));
            } else if (isGain(name)) {
              own.detach().zero_();
            }
          });
    }
  }

  /** Whether a tensor belongs to a block that the network has more than a checkpoint. */
  boolean isAdded(Checkpoint checkpoint, String name) {
    return false;
  }

  /** Whether a block does nothing while this tensor of it is zero. */
  boolean isGain(String name) {
    return false;
  }

  @Override
  @SuppressWarnings("try") // the scope is used by closing it
  public final Checkpoint checkpoint() {
    Map<String, io.facepipeline.onnx.checkpoint.Tensor> tensors = new LinkedHashMap<>();
    try (PointerScope scope = new PointerScope()) {
      all()
          .forEach(
              (name, own) -> {
                int[] shape = Arrays.stream(own.shape()).mapToInt(Math::toIntExact).toArray();
                float[] values = Tensors.values(own);
                tensors.put(name, io.facepipeline.onnx.checkpoint.Tensor.of(shape, values));
              });
    }
    return Checkpoint.of(tensors);
  }

  @Override
  public final void close() {
    parameters.values().forEach(Tensor::close);
    buffers.values().forEach(Tensor::close);
  }
}
