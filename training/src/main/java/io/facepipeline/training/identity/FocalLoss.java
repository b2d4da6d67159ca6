package io.facepipeline.training.identity;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The focal loss (Lin et al., Focal Loss for Dense Object Detection, 2017, equation 4): {@code -(1
 * - p)^focus log(p)} of the true person's probability p, averaged over the rows. With a focus of 0
 * it is the cross entropy.
 *
 * @param focus how much less the easy rows count, at least 0; the paper takes 2
 */
record FocalLoss(double focus) {

  /** Of logits [n, people] and labels [n]. */
  Tensor of(Tensor logits, Tensor labels) {
    Tensor log = logits.log_softmax(1).gather(1, labels.unsqueeze(1));
    if (focus == 0) {
      return log.mean().neg();
    }
    // p may be 1 to rounding, where a power below one would have no slope.
    Tensor unsure = log.exp().neg().add(new Scalar(1.0)).clamp_min(new Scalar(1e-12));
    return unsure.pow(new Scalar(focus)).mul(log).mean().neg();
  }
}
