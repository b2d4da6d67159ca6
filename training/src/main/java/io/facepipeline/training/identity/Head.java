package io.facepipeline.training.identity;

import org.bytedeco.pytorch.Tensor;

/** Turns features and one weight vector per person into logits for a cross entropy. */
interface Head {

  /**
   * {@return logits, [n, people]}
   *
   * @param features [n, dimensions], not normalized
   * @param weight [people, dimensions]
   * @param labels who each row is, [n] of type long
   */
  Tensor logits(Tensor features, Tensor weight, Tensor labels);
}
