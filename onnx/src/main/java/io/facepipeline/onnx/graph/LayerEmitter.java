package io.facepipeline.onnx.graph;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Emits the graph of a checkpoint: layers take the tensors that the checkpoint holds under their
 * names. Keeps account of the tensors that were used. Not thread-safe.
 */
public final class LayerEmitter extends GraphBuilder implements Layers<Value> {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  private final Checkpoint checkpoint;
  private final Set<String> used = new LinkedHashSet<>();

  /**
   * Starts an empty graph.
   *
   * @param name the graph's name
   * @param checkpoint where the layers' tensors come from
   */
  public LayerEmitter(String name, Checkpoint checkpoint) {
    super(name);
    this.checkpoint = checkpoint;
  }

  @Override
  public Value conv2d(Value x, String name, int channels, Window window, int groups, boolean bias) {
    Weights weight = weights(name + WEIGHT);
    if (weight.rank() != 4
        || weight.dim(0) != channels
        || weight.dim(2) != window.kernelHeight()
        || weight.dim(3) != window.kernelWidth()) {
      throw misshapen(
          name + WEIGHT,
          weight,
          "[%d, in, %d, %d]".formatted(channels, window.kernelHeight(), window.kernelWidth()));
    }
    return named(name).conv(x, weight, bias ? bias(name, channels) : null, window, groups);
  }

  @Override
  public Value linear(Value x, String name, int inputs, int outputs, boolean bias) {
    Weights weight = weights(name + WEIGHT);
    if (weight.rank() != 2 || weight.dim(0) != outputs || weight.dim(1) != inputs) {
      throw misshapen(name + WEIGHT, weight, "[" + outputs + ", " + inputs + "]");
    }
    return named(name).dense(x, weight, bias ? bias(name, outputs) : null);
  }

  @Override
  public Value batchNorm(Value x, String name, float epsilon, float gain) {
    return named(name)
        .batchNorm(
            x,
            vector(name + WEIGHT),
            vector(name + BIAS),
            vector(name + ".running_mean"),
            vector(name + ".running_var"),
            epsilon);
  }

  @Override
  public Value prelu(Value x, String name) {
    return named(name).prelu(x, vector(name + WEIGHT));
  }

  @Override
  public Value layerNorm(Value x, String name, int features, float epsilon) {
    Weights gain = vector(name + WEIGHT);
    if (gain.size() != features) {
      throw misshapen(name + WEIGHT, gain, "[" + features + "]");
    }
    return named(name).layerNorm(x, gain, bias(name, features), epsilon);
  }

  @Override
  public Value parameter(String name, float initial, int... shape) {
    Weights weights = weights(name);
    if (!Arrays.equals(weights.dims(), shape)) {
      throw misshapen(name, weights, Arrays.toString(shape));
    }
    return constant(name, weights);
  }

  @Override
  public boolean has(String tensor, boolean whenNew) {
    return checkpoint.contains(tensor);
  }

  /**
   * {@return a tensor of the checkpoint}
   *
   * @param name its name
   * @throws io.facepipeline.onnx.MalformedModelException if it is missing
   */
  public Tensor tensor(String name) {
    Tensor tensor = checkpoint.tensor(name);
    used.add(name);
    return tensor;
  }

  private Weights weights(String name) {
    Tensor tensor = tensor(name);
    return Weights.computed(tensor.shape(), tensor.size(), tensor::floats);
  }

  /**
   * {@return the tensors that no layer used, those left out that only training needs ({@link
   * Checkpoint#isForTraining}): a sign that the checkpoint is of another architecture}
   */
  public List<String> unused() {
    return checkpoint.tensors().keySet().stream()
        .filter(name -> !used.contains(name) && !checkpoint.isForTraining(name))
        .toList();
  }

  /** {@return how many tensors the layers used} */
  public int used() {
    return used.size();
  }

  /**
   * Makes sure that every tensor that the layers used holds numbers only.
   *
   * @throws MalformedModelException naming the first that holds NaN or infinity
   */
  public void requireFinite() {
    used.forEach(
        name ->
            checkpoint
                .tensor(name)
                .firstNotFinite()
                .ifPresent(
                    value -> {
                      throw new MalformedModelException(
                          checkpoint.file()
                              + ": tensor "
                              + name
                              + " holds "
                              + value
                              + "; the training diverged or the file is damaged: take another"
                              + " checkpoint");
                    }));
  }

  private Weights bias(String name, int outputs) {
    Weights bias = weights(name + BIAS);
    if (bias.rank() != 1 || bias.dim(0) != outputs) {
      throw misshapen(name + BIAS, bias, "[" + outputs + "]");
    }
    return bias;
  }

  private Weights vector(String name) {
    Weights weights = weights(name);
    if (weights.rank() != 1) {
      throw misshapen(name, weights, "[channels]");
    }
    return weights;
  }

  private MalformedModelException misshapen(String name, Weights found, String expected) {
    return new MalformedModelException(
        checkpoint.file()
            + ": tensor "
            + name
            + " has the shape "
            + Arrays.toString(found.dims())
            + ", expected "
            + expected
            + "; the checkpoint is of another architecture");
  }
}
