package io.facepipeline.onnx.emit;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Emits PyTorch's layers with the tensors that a checkpoint holds under the layer's name, so that
 * an architecture reads like the module it follows. Keeps account of the tensors that were used.
 * Not thread-safe.
 */
public final class LayerEmitter {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  private final GraphBuilder graph;
  private final Checkpoint checkpoint;
  private final Set<String> used = new HashSet<>();

  /**
   * Creates an emitter.
   *
   * @param graph where the layers go
   * @param checkpoint where their tensors come from
   */
  public LayerEmitter(GraphBuilder graph, Checkpoint checkpoint) {
    this.graph = graph;
    this.checkpoint = checkpoint;
  }

  /** {@return the graph, for operations without tensors} */
  public GraphBuilder graph() {
    return graph;
  }

  /**
   * A convolution ({@code Conv2d}), with a bias if the checkpoint holds one.
   *
   * @param x images [n, c, h, w]
   * @param name the layer's name in the checkpoint
   * @param stride the stride in both directions
   * @param pad the zeros added on every side
   * @param groups the number of groups
   * @return images
   * @throws io.facepipeline.onnx.checkpoint.CheckpointException if a tensor is missing
   */
  public Value conv(Value x, String name, int stride, int pad, int groups) {
    Weights weight = weights(name + WEIGHT);
    if (weight.rank() != 4) {
      throw misshapen(name + WEIGHT, weight, "[out, in, height, width]");
    }
    return graph.named(name).conv(x, weight, optional(name + BIAS), stride, pad, groups);
  }

  /**
   * A batch normalisation ({@code BatchNorm1d} or {@code BatchNorm2d}) at inference.
   *
   * @param x images [n, c, h, w] or vectors [n, c]
   * @param name the layer's name in the checkpoint
   * @param epsilon what is added to the variance
   * @return the shape of x
   * @throws io.facepipeline.onnx.checkpoint.CheckpointException if a tensor is missing
   */
  public Value batchNorm(Value x, String name, float epsilon) {
    return graph
        .named(name)
        .batchNorm(
            x,
            weights(name + WEIGHT),
            weights(name + BIAS),
            weights(name + ".running_mean"),
            weights(name + ".running_var"),
            epsilon);
  }

  /**
   * A rectifier with a learned slope per channel ({@code PReLU}).
   *
   * @param x images [n, c, h, w] or vectors [n, c]
   * @param name the layer's name in the checkpoint
   * @return the shape of x
   * @throws io.facepipeline.onnx.checkpoint.CheckpointException if a tensor is missing
   */
  public Value prelu(Value x, String name) {
    return graph.named(name).prelu(x, weights(name + WEIGHT));
  }

  /**
   * A fully connected layer ({@code Linear}), with a bias if the checkpoint holds one.
   *
   * @param x vectors [n, in]
   * @param name the layer's name in the checkpoint
   * @return vectors [n, out]
   * @throws io.facepipeline.onnx.checkpoint.CheckpointException if a tensor is missing
   */
  public Value dense(Value x, String name) {
    Weights weight = weights(name + WEIGHT);
    if (weight.rank() != 2) {
      throw misshapen(name + WEIGHT, weight, "[out, in]");
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
   * @throws io.facepipeline.onnx.checkpoint.CheckpointException if it is missing
   */
  public Weights weights(String name) {
    Tensor tensor = checkpoint.tensor(name);
    used.add(name);
    return Weights.computed(tensor.shape(), tensor.size(), tensor::floats);
  }

  /**
   * {@return the tensors that no layer used, counters of batches left out: a sign that the
   * checkpoint is of another architecture}
   */
  public List<String> unused() {
    return checkpoint.tensors().keySet().stream()
        .filter(name -> !used.contains(name) && !name.endsWith("num_batches_tracked"))
        .toList();
  }

  private @Nullable Weights optional(String name) {
    return checkpoint.contains(name) ? weights(name) : null;
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
