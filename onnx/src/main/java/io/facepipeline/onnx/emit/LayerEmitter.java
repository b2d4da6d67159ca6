package io.facepipeline.onnx.emit;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Weights;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Emits PyTorch's layers with the tensors that a checkpoint holds under the layer's name, so that
 * an architecture reads like the module it follows. Keeps account of the tensors that were used.
 * Not thread-safe.
 */
public final class LayerEmitter {
  /** Stands for an extent that the checkpoint may choose. */
  public static final int ANY = -1;

  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  private final GraphBuilder graph;
  private final Checkpoint checkpoint;
  private final Set<String> used = new LinkedHashSet<>();

  /**
   * Creates an emitter; for the library's own modules, which build the graph around the network.
   *
   * @param graph where the layers go
   * @param checkpoint where their tensors come from
   */
  @SuppressWarnings("exports")
  public LayerEmitter(GraphBuilder graph, Checkpoint checkpoint) {
    this.graph = graph;
    this.checkpoint = checkpoint;
  }

  /** {@return the graph, for operators without tensors} */
  public Operators graph() {
    return graph;
  }

  /**
   * A convolution ({@code Conv2d}), with a bias if the checkpoint holds one.
   *
   * @param x images [n, c, h, w]
   * @param name the layer's name in the checkpoint
   * @param channels the number of channels it gives, or {@link #ANY}
   * @param window its kernel, stride and padding
   * @param groups the number of groups
   * @return images
   * @throws io.facepipeline.onnx.MalformedModelException if a tensor is missing
   * @throws MalformedModelException if the weights are of another shape
   */
  public Value conv(Value x, String name, int channels, Window window, int groups) {
    Weights weight = weights(name + WEIGHT);
    if (weight.rank() != 4
        || (channels != ANY && weight.dim(0) != channels)
        || weight.dim(2) != window.kernelHeight()
        || weight.dim(3) != window.kernelWidth()) {
      throw misshapen(
          name + WEIGHT,
          weight,
          "["
              + (channels == ANY ? "out" : channels)
              + ", in, "
              + window.kernelHeight()
              + ", "
              + window.kernelWidth()
              + "]");
    }
    return graph.named(name).conv(x, weight, optional(name + BIAS), window, groups);
  }

  /**
   * A batch normalization ({@code BatchNorm1d} or {@code BatchNorm2d}) at inference.
   *
   * @param x images [n, c, h, w] or vectors [n, c]
   * @param name the layer's name in the checkpoint
   * @param epsilon what is added to the variance
   * @return the shape of x
   * @throws io.facepipeline.onnx.MalformedModelException if a tensor is missing
   */
  public Value batchNorm(Value x, String name, float epsilon) {
    return graph
        .named(name)
        .batchNorm(
            x,
            vector(name + WEIGHT),
            vector(name + BIAS),
            vector(name + ".running_mean"),
            vector(name + ".running_var"),
            epsilon);
  }

  /**
   * A rectifier with a learned slope per channel ({@code PReLU}).
   *
   * @param x images [n, c, h, w] or vectors [n, c]
   * @param name the layer's name in the checkpoint
   * @return the shape of x
   * @throws io.facepipeline.onnx.MalformedModelException if a tensor is missing
   */
  public Value prelu(Value x, String name) {
    return graph.named(name).prelu(x, vector(name + WEIGHT));
  }

  /**
   * A fully connected layer ({@code Linear}) of any number of outputs, with a bias if the
   * checkpoint holds one.
   *
   * @param x vectors [n, in]
   * @param name the layer's name in the checkpoint
   * @param inputs the number of its inputs, or {@link #ANY}
   * @return vectors [n, out]
   * @throws io.facepipeline.onnx.MalformedModelException if a tensor is missing
   * @throws MalformedModelException if the weights are of another shape
   */
  public Value dense(Value x, String name, int inputs) {
    return dense(x, name, inputs, ANY);
  }

  /**
   * A fully connected layer ({@code Linear}), with a bias if the checkpoint holds one.
   *
   * @param x vectors [n, in]
   * @param name the layer's name in the checkpoint
   * @param inputs the number of its inputs, or {@link #ANY}
   * @param outputs the number of its outputs, or {@link #ANY}
   * @return vectors [n, out]
   * @throws io.facepipeline.onnx.MalformedModelException if a tensor is missing
   * @throws MalformedModelException if the weights are of another shape
   */
  public Value dense(Value x, String name, int inputs, int outputs) {
    Weights weight = weights(name + WEIGHT);
    if (weight.rank() != 2
        || (inputs != ANY && weight.dim(1) != inputs)
        || (outputs != ANY && weight.dim(0) != outputs)) {
      throw misshapen(
          name + WEIGHT,
          weight,
          "[" + (outputs == ANY ? "out" : outputs) + ", " + (inputs == ANY ? "in" : inputs) + "]");
    }
    return graph.named(name).dense(x, weight, optional(name + BIAS));
  }

  /**
   * {@return whether the checkpoint holds a tensor}
   *
   * @param name its name
   */
  public boolean has(String name) {
    return checkpoint.contains(name);
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

  private Weights vector(String name) {
    Weights weights = weights(name);
    if (weights.rank() != 1) {
      throw misshapen(name, weights, "[channels]");
    }
    return weights;
  }

  private @Nullable Weights optional(String name) {
    return checkpoint.contains(name) ? vector(name) : null;
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
