package io.facepipeline.training.student;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * A network in training. Its tensors have the names of the published checkpoints of its
 * architecture, so that it starts from one and ends as one. Not thread-safe; PyTorch has to be
 * loaded.
 */
public interface Student extends AutoCloseable {

  /** {@return what an optimiser moves, by name; its own tensors} */
  Map<String, Tensor> parameters();

  /** {@return the means and variances of the batch normalisations, by name; its own tensors} */
  Map<String, Tensor> buffers();

  /**
   * {@return features, [n, dimensions], not normalised}
   *
   * @param images [n, 3, side, side], -1 to 1
   * @param training whether batches are normalised by their own means, which are then remembered,
   *     and not by the remembered ones
   */
  Tensor forward(Tensor images, boolean training);

  /** {@return the width and height of an image} */
  int side();

  /**
   * Takes the weights of a checkpoint, to go on from there.
   *
   * @throws io.facepipeline.onnx.checkpoint.CheckpointException if one is missing
   * @throws io.facepipeline.onnx.MalformedModelException if one has another shape, or there are
   *     more than the network has
   */
  void load(Checkpoint checkpoint);

  /** {@return all tensors as they are now, copied; what the library converts} */
  Checkpoint checkpoint();

  @Override
  void close();
}
