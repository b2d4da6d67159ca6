package io.facepipeline.training.student;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * A network in training. Its tensors have the names of the published checkpoints of its
 * architecture, so it can start from one and be saved as one. Not thread-safe; PyTorch must be
 * loaded.
 */
public interface Student extends AutoCloseable {

  /** {@return the trainable parameters by name; not copies} */
  Map<String, Tensor> parameters();

  /** {@return the means and variances of batch normalization, by name; not copies} */
  Map<String, Tensor> buffers();

  /**
   * {@return features, [n, dimensions], not normalized}
   *
   * @param images [n, 3, side, side], -1 to 1
   * @param training whether to normalize with the batch's means and update the running means,
   *     instead of using the running means
   */
  Tensor forward(Tensor images, boolean training);

  /** {@return the width and height of an image} */
  int side();

  /**
   * Loads the weights of a checkpoint.
   *
   * @throws io.facepipeline.onnx.MalformedModelException if one is missing
   * @throws io.facepipeline.onnx.MalformedModelException if one has another shape, or there are
   *     more tensors than in the network
   */
  void load(Checkpoint checkpoint);

  /** {@return a copy of all tensors, for the library to convert} */
  Checkpoint checkpoint();

  @Override
  void close();
}
