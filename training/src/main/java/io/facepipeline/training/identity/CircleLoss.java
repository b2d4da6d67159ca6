package io.facepipeline.training.identity;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The circle loss with one weight vector per person (Sun et al., Circle Loss: A Unified Perspective
 * of Pair Similarity Optimization, 2020, equations 4 to 9): the true person's logit is {@code scale
 * max(0, 1 + margin - cos(theta)) (cos(theta) - (1 - margin))}, another's {@code scale max(0,
 * cos(theta) + margin) (cos(theta) - margin)}. No slope goes through the first factors, which say
 * how far a cosine is from its optimum.
 *
 * @param scale gamma in the paper
 * @param margin the relaxation of the boundary, from 0 to 1
 */
record CircleLoss(double scale, double margin) implements Head {
  @Override
  public Tensor logits(Tensor features, Tensor weight, Tensor labels) {
    Cosines cosines = Cosines.of(features, weight, labels);
    Tensor all = cosines.all();
    Tensor others = all.detach().add(new Scalar(margin)).relu().mul(all.sub(new Scalar(margin)));
    Tensor cosine = cosines.ofTruth();
    Tensor truth =
        cosine
            .detach()
            .neg()
            .add(new Scalar(1 + margin))
            .relu()
            .mul(cosine.sub(new Scalar(1 - margin)));
    return cosines.with(others, truth).mul(new Scalar(scale));
  }
}
