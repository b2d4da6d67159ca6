package io.facepipeline.training.identity;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The additive angular margin (Deng et al., ArcFace: Additive Angular Margin Loss for Deep Face
 * Recognition, 2019, equation 3): the true person's logit is {@code scale cos(theta + margin)}.
 * Beyond {@code theta = pi - margin}, where that would rise again, it goes on as {@code scale
 * (cos(theta) - margin sin(margin))}, as in the authors' code.
 *
 * @param scale the length that features are given
 * @param margin in radians, from 0 to pi/2
 */
record ArcFace(double scale, double margin) implements Head {

  /** Keeps the slope of the root finite where a feature lies on its person's weight vector. */
  private static final double LEAST_SQUARED_SINE = 1e-9;

  @Override
  public Tensor logits(Tensor features, Tensor weight, Tensor labels) {
    Cosines cosines = Cosines.of(features, weight, labels);
    return cosines.with(turned(cosines.ofTruth(), margin)).mul(new Scalar(scale));
  }

  /**
   * {@return the cosine of an angle that the margin is added to, beyond where it would rise too}
   */
  static Tensor turned(Tensor cosine, double margin) {
    Tensor beyond = cosine.sub(new Scalar(margin * Math.sin(margin)));
    Tensor within = cosine.gt(new Scalar(Math.cos(Math.PI - margin)));
    return torch.where(within, added(cosine, margin), beyond);
  }

  /** {@return {@code cos(theta + margin)} for any theta} */
  static Tensor added(Tensor cosine, double margin) {
    Tensor sine = sine(cosine).mul(new Scalar(Math.sin(margin)));
    return cosine.mul(new Scalar(Math.cos(margin))).sub(sine);
  }

  static Tensor sine(Tensor cosine) {
    return cosine
        .square()
        .neg()
        .add(new Scalar(1.0))
        .clamp_min(new Scalar(LEAST_SQUARED_SINE))
        .sqrt();
  }
}
