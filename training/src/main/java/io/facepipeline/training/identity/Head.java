package io.facepipeline.training.identity;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Turns features and one weight vector per person into logits for a cross entropy. A head that has
 * a state moves it by the batch before it gives the batch's logits.
 */
interface Head {

  /**
   * {@return logits, [n, people]}
   *
   * @param features [n, dimensions], not normalized
   * @param weight [people, dimensions]
   * @param labels who each row is, [n] of type long
   */
  Tensor logits(Tensor features, Tensor weight, Tensor labels);

  /**
   * {@return what is added to the cross entropy, a scalar; empty for most heads}
   *
   * @param features [n, dimensions], not normalized
   */
  default Optional<Tensor> penalty(Tensor features) {
    return Optional.empty();
  }
}
