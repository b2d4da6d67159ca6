package io.facepipeline.training.mtcnn;

import static org.bytedeco.pytorch.global.torch.binary_cross_entropy_with_logits;
import static org.bytedeco.pytorch.global.torch.smooth_l1_loss;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.jspecify.annotations.Nullable;

/**
 * The multi-task loss: cross entropy of the class, smooth L1 of the box and of the landmarks, each
 * the mean over those crops of the batch that have such a target.
 *
 * @param total their weighted sum
 * @param face cross entropy of the class
 * @param box smooth L1, summed over the four edges
 * @param landmarks smooth L1, summed over the ten numbers; null for a network without
 */
record StageLoss(Tensor total, Tensor face, Tensor box, @Nullable Tensor landmarks) {
  private static final long SUM = 2;

  /** Below these errors, in shares of the window, the loss is quadratic. */
  private static final double BOX_BETA = 0.1;

  private static final double LANDMARK_BETA = 0.05;

  static StageLoss of(Stage stage, Tensor said, Batch batch) {
    Tensor targets = batch.targets();
    TensorOptional known = new TensorOptional(targets.narrow(1, CropTargets.CLASS, 1));
    Tensor face =
        binary_cross_entropy_with_logits(
                said.narrow(1, 0, 1),
                targets.narrow(1, CropTargets.CLASS + 1, 1),
                known,
                new TensorOptional(),
                SUM)
            .div(new Scalar(Math.max(1, batch.sum(CropTargets.CLASS))));
    Tensor box = smooth(said, 1, targets, CropTargets.BOX, 4, BOX_BETA, batch);
    Tensor total = face.add(box);
    Tensor landmarks = null;
    if (stage.hasLandmarks()) {
      landmarks = smooth(said, 5, targets, CropTargets.LANDMARKS, 10, LANDMARK_BETA, batch);
      total = total.add(landmarks);
    }
    return new StageLoss(total, face, box, landmarks);
  }

  private static Tensor smooth(
      Tensor said, int from, Tensor targets, int weight, int count, double beta, Batch batch) {
    Tensor known = targets.narrow(1, weight, 1);
    return smooth_l1_loss(
            said.narrow(1, from, count).mul(known),
            targets.narrow(1, weight + 1, count).mul(known),
            SUM,
            beta)
        .div(new Scalar(Math.max(1, batch.sum(weight))));
  }
}
