package io.facepipeline.training.identity;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * The multiplicative angular margin (Liu et al., SphereFace: Deep Hypersphere Embedding for Face
 * Recognition, 2017, equation 7). With {@code psi(theta) = (-1)^k cos(margin theta) - 2 k} for
 * theta from {@code k pi / margin} to {@code (k + 1) pi / margin}, the true person's logit is
 * {@code |x| (lambda cos(theta) + psi(theta)) / (1 + lambda)}: the paper's way from the plain
 * softmax to the margin is to let lambda fall.
 *
 * @param margin by what the angle is multiplied, at least 1
 * @param lambda the weight of the plain cosine, at least 0
 */
record SphereFace(int margin, double lambda) implements Head {
  private static final double FIRST_LAMBDA = 1000;
  private static final double LAMBDA_FALL = 0.12;
  private static final double LEAST_LAMBDA = 5;
  private static final double LEAST_SQUARED_LENGTH = 1e-12;

  /**
   * {@return the weight of the plain cosine at a step, counted from 0, as the authors let it fall}
   */
  static double lambda(int step) {
    return Math.max(LEAST_LAMBDA, FIRST_LAMBDA / (1 + LAMBDA_FALL * step));
  }

  @Override
  public Tensor logits(Tensor features, Tensor weight, Tensor labels) {
    Cosines cosines = Cosines.of(features, weight, labels);
    Tensor cosine = cosines.ofTruth();
    // The number of the interval is constant within it, so no slope goes through it.
    Tensor interval =
        cosine
            .detach()
            .clamp(new ScalarOptional(new Scalar(-1.0)), new ScalarOptional(new Scalar(1.0)))
            .acos()
            .mul(new Scalar(margin / Math.PI))
            .floor();
    Tensor sign = interval.remainder(new Scalar(2.0)).mul(new Scalar(-2.0)).add(new Scalar(1.0));
    Tensor psi = sign.mul(multiple(cosine)).sub(interval.mul(new Scalar(2.0)));
    Tensor truth = cosine.mul(new Scalar(lambda)).add(psi).div(new Scalar(1 + lambda));
    Tensor length =
        features
            .square()
            .sum(new long[] {1}, true, new ScalarTypeOptional())
            .clamp_min(new Scalar(LEAST_SQUARED_LENGTH))
            .sqrt();
    return cosines.with(truth).mul(length);
  }

  /** {@return cos(margin theta) from cos(theta), by the recurrence of Chebyshev's polynomials} */
  private Tensor multiple(Tensor cosine) {
    Tensor before = cosine.mul(new Scalar(0.0)).add(new Scalar(1.0));
    Tensor current = cosine;
    for (int i = 1; i < margin; i++) {
      Tensor next = cosine.mul(current).mul(new Scalar(2.0)).sub(before);
      before = current;
      current = next;
    }
    return current;
  }
}
