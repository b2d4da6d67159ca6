package io.facepipeline.training.student;

import io.facepipeline.FacePipelineException;
import io.facepipeline.embedding.Architecture;
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
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * A network in training, of any architecture. Its tensors have the names of the published
 * checkpoints of the architecture, so it can start from one and be saved as one. Dropout is
 * omitted: to resume a run exactly, every checkpoint would have to hold its random state. Not
 * thread-safe; PyTorch must be loaded.
 */
public final class Student implements AutoCloseable {
  private final Architecture architecture;
  private final Form form;
  private final TorchLayers layers;

  /**
   * What an architecture leaves open.
   *
   * @param outputs the number of outputs, the dimensions of an embedding or the classes
   * @param side the width and height of an image
   * @param half whether convolutions run in bfloat16; all else and the parameters are float32
   */
  public record Form(int outputs, int side, boolean half) {}

  /**
   * Creates a network with random weights.
   *
   * @param random decides the weights
   */
  public Student(Architecture architecture, Form form, RandomGenerator random) {
    this(architecture, form, random, null);
  }

  /**
   * Creates a network with random weights that has the tensors of a checkpoint, for architectures
   * whose checkpoints differ; {@link #load} gives it the checkpoint's weights.
   *
   * @param random decides the weights
   * @param like the checkpoint, or null for the architecture's own choice
   * @throws FacePipelineException if the architecture is not for images of that side, or does not
   *     leave the number of its outputs open
   */
  @SuppressWarnings("try") // the scopes are used by closing them
  public Student(
      Architecture architecture, Form form, RandomGenerator random, @Nullable Checkpoint like) {
    this.architecture = architecture.inTraining();
    this.form = form;
    layers = new TorchLayers(form.half(), random, like);
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      int channels = architecture.inputChannels();
      long outputs = firstPass(torch.zeros(1, channels, form.side(), form.side()));
      if (outputs != form.outputs()) {
        throw new FacePipelineException(
            "the network "
                + architecture.name()
                + " gives "
                + outputs
                + " numbers for an image, not "
                + form.outputs()
                + "; choose an architecture whose last layer has any number of outputs");
      }
      layers.built();
    } catch (RuntimeException | Error e) {
      layers.close();
      throw e;
    }
  }

  private long firstPass(Tensor images) {
    try {
      return pass(images, false).size(1);
    } catch (FacePipelineException e) {
      throw e;
    } catch (RuntimeException e) {
      // What PyTorch says goes on with where in its sources it noticed.
      String said = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new FacePipelineException(
          "the network %s cannot take images of %dx%d: %s"
              .formatted(architecture.name(), form.side(), form.side(), said),
          e);
    }
  }

  /** {@return the trainable parameters by name; not copies} */
  public Map<String, Tensor> parameters() {
    return Collections.unmodifiableMap(layers.parameters());
  }

  /** {@return the means and variances of batch normalization, by name; not copies} */
  public Map<String, Tensor> buffers() {
    return Collections.unmodifiableMap(layers.buffers());
  }

  /** {@return the width and height of an image} */
  public int side() {
    return form.side();
  }

  /**
   * {@return the outputs, [n, outputs], float32; features are not brought to unit length}
   *
   * @param images [n, channels, side, side], scaled as the architecture expects
   * @param training whether to normalize with the batch's means and update the running means,
   *     instead of using the running means
   */
  public Tensor forward(Tensor images, boolean training) {
    return pass(images, training);
  }

  /**
   * {@return the outputs, [n, outputs], float32; features are not brought to unit length}
   *
   * @param images [n, channels, side, side], scaled as the architecture expects
   * @param training whether to normalize with the batch's means and update the running means,
   *     instead of using the running means
   * @param end is told of the end of every stage that the architecture names
   */
  public Tensor forward(Tensor images, boolean training, StageEnd end) {
    layers.stageEnd(end);
    try {
      return pass(images, training);
    } finally {
      layers.stageEnd((name, x) -> x);
    }
  }

  private Tensor pass(Tensor images, boolean training) {
    layers.training(training);
    // Networks that end with a convolution give bfloat16 where convolutions run in it.
    return architecture
        .forward(layers, images.contiguous(MemoryFormat.ChannelsLast), form.outputs())
        .to(ScalarType.Float);
  }

  private Map<String, Tensor> all() {
    Map<String, Tensor> all = new LinkedHashMap<>(layers.parameters());
    all.putAll(layers.buffers());
    return all;
  }

  /**
   * Loads the weights of a checkpoint.
   *
   * @throws MalformedModelException if one is missing, has another shape, or there are more tensors
   *     than in the network; then the network is as it was
   */
  @SuppressWarnings("try") // the scopes are used by closing them
  public void load(Checkpoint checkpoint) {
    Map<String, Tensor> all = all();
    List<String> more =
        checkpoint.tensors().keySet().stream()
            .filter(name -> !all.containsKey(name) && !checkpoint.isForTraining(name))
            .filter(name -> architecture.ignoredPrefixes().stream().noneMatch(name::startsWith))
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
            float[] values = checkpoint.tensor(name).floats();
            own.detach().copy_(Tensors.floats(values, own.shape()));
          });
    }
  }

  /** {@return a copy of all tensors, for the library to convert} */
  @SuppressWarnings("try") // the scope is used by closing it
  public Checkpoint checkpoint() {
    try (PointerScope scope = new PointerScope()) {
      return Tensors.checkpoint(all());
    }
  }

  @Override
  public void close() {
    layers.close();
  }
}
