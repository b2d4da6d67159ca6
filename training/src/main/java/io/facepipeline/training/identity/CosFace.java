package io.facepipeline.training.identity;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The additive cosine margin (Wang et al., CosFace: Large Margin Cosine Loss for Deep Face
 * Recognition, 2018, equation 4; Wang et al., Additive Margin Softmax for Face Verification, 2018,
 * equation 6, is the same): the true person's logit is {@code scale (cos(theta) - margin)}.
 *
 * @param scale the length that features are given
 * @param margin what is taken from the true person's cosine, from 0 to 1
 */
record CosFace(double scale, double margin) implements Head {
  @Override
  public Tensor logits(Tensor features, Tensor weight, Tensor labels) {
    Cosines cosines = Cosines.of(features, weight, labels);
    return cosines.with(cosines.ofTruth().sub(new Scalar(margin))).mul(new Scalar(scale));
  }
}
