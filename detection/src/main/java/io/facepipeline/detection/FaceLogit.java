package io.facepipeline.detection;

/**
 * A threshold on the probability of a face, told from the difference of the two class scores.
 *
 * @param least below this difference the probability is certainly too small; from here on it is to
 *     be computed
 */
record FaceLogit(float least) {
  /** From about here on a probability is 1 in float32. */
  private static final double CERTAIN = 15;

  private static final double ROUNDING = 1e-3;

  /** For a threshold over 0 and up to 1. */
  static FaceLogit of(float threshold) {
    double logit = Math.log(threshold / (1.0 - threshold));
    return new FaceLogit((float) (Math.min(logit, CERTAIN) - ROUNDING));
  }

  /** The softmax of two scores, which is the sigmoid of their difference. */
  static float probability(float logit) {
    return (float) (1 / (1 + Math.exp(-logit)));
  }
}
