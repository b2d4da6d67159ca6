package io.facepipeline.training.identity;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The focal loss as face.evoLVe applies it: {@code (1 - exp(-c))^focus c} of the mean cross entropy
 * c of a batch. It makes easy batches count less, not easy rows as {@link FocalLoss} does.
 *
 * @param focus how much less easy batches count, above 0; face.evoLVe takes 2
 */
record BatchFocalLoss(double focus) {

  /** Of logits [n, people] and labels [n]. */
  Tensor of(Tensor logits, Tensor labels) {
    Tensor entropy = new FocalLoss(0).of(logits, labels);
    // The entropy may be 0 to rounding, where a power below one would have no slope.
    Tensor unsure = entropy.neg().exp().neg().add(new Scalar(1.0)).clamp_min(new Scalar(1e-12));
    return unsure.pow(new Scalar(focus)).mul(entropy);
  }
}
