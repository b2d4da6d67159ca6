package io.facepipeline.detection.mtcnn.cascade;

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

  /**
   * The softmax of two scores whose difference is given, in float32 and step by step as PyTorch
   * takes it. Near 1 few floats are left, so that many candidates are equally probable there;
   * computed more exactly, others of them would come first.
   */
  static float probability(float logit) {
    float smaller = (float) Math.exp(-Math.abs(logit));
    float sum = 1 + smaller;
    return logit < 0 ? smaller / sum : 1 / sum;
  }
}
