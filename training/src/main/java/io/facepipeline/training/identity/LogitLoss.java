package io.facepipeline.training.identity;

import org.bytedeco.pytorch.Tensor;

/** What a head's logits are judged by. */
public enum LogitLoss {
  /** The mean of {@code -log(p)}. */
  CROSS_ENTROPY("the mean of -log(p), p the true person's probability"),

  /** Lin et al. 2017: easy faces count less. */
  FOCAL("the mean of -(1 - p)^focus log(p) (Lin et al. 2017)"),

  /** As in face.evoLVe: easy batches count less. */
  BATCH_FOCAL("(1 - exp(-c))^focus c of the batch's mean c (face.evoLVe)");

  private final String summary;

  LogitLoss(String summary) {
    this.summary = summary;
  }

  /** {@return its formula in words} */
  public String summary() {
    return summary;
  }

  Tensor of(Tensor logits, Tensor labels, double focus) {
    return switch (this) {
      case CROSS_ENTROPY -> new FocalLoss(0).of(logits, labels);
      case FOCAL -> new FocalLoss(focus).of(logits, labels);
      case BATCH_FOCAL -> new BatchFocalLoss(focus).of(logits, labels);
    };
  }
}
