package io.facepipeline.training.identity;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * ArcFace with weighted negatives (Liu et al., Towards Flops-Constrained Face Recognition, 2019,
 * section 3): the true person's logit is ArcFace's, {@code scale cos(theta + margin)}; another's is
 * {@code scale (t cos(theta_j) + t - 1)} with {@code t = alpha exp(-(cos(theta_j) - cos(theta +
 * margin))^2 / sigma)}, so that those as near as the true person count most. No slope goes through
 * t, as in the authors' code.
 *
 * @param scale the length that features are given
 * @param margin in radians, from 0 to pi/2
 * @param alpha the largest t
 * @param sigma how fast t falls, above 0
 */
record ArcNegFace(double scale, double margin, double alpha, double sigma) implements Head {
  @Override
  public Tensor logits(Tensor features, Tensor weight, Tensor labels) {
    Cosines cosines = Cosines.of(features, weight, labels);
    Tensor truth = ArcFace.turned(cosines.ofTruth(), margin);
    Tensor apart = cosines.all().sub(truth).detach().square();
    Tensor t = apart.mul(new Scalar(-1 / sigma)).exp().mul(new Scalar(alpha));
    Tensor others = cosines.all().add(new Scalar(1.0)).mul(t).sub(new Scalar(1.0));
    return cosines.with(others, truth).mul(new Scalar(scale));
  }
}
