package io.facepipeline.classify.file;

import java.util.Arrays;

/** A weighted sum per person of the probe's Gaussian kernels with the support vectors. */
public final class RbfScorer implements Scorer {
  private final double gamma;
  private final float[][] supportVectors;
  private final float[][] coefficients;
  private final float[] biases;

  /** Takes coefficients by person and support vector, and a bias per person. */
  public RbfScorer(double gamma, float[][] supportVectors, float[][] coefficients, float[] biases) {
    this.gamma = gamma;
    this.supportVectors = supportVectors;
    this.coefficients = coefficients;
    this.biases = biases;
  }

  /** Of unit vectors, whose squared distance follows from their cosine. */
  public static double kernel(double gamma, double cosine) {
    return Math.exp(-gamma * Math.max(0, 2 - 2 * cosine));
  }

  @Override
  public double[] scores(float[] probe) {
    float[] kernels = new float[supportVectors.length];
    for (int i = 0; i < kernels.length; i++) {
      kernels[i] = (float) kernel(gamma, Vectors.dot(supportVectors[i], probe));
    }
    double[] scores = new double[coefficients.length];
    for (int person = 0; person < scores.length; person++) {
      scores[person] = Vectors.dot(coefficients[person], kernels) + biases[person];
    }
    return scores;
  }

  @Override
  public int people() {
    return coefficients.length;
  }

  @Override
  public int dimensions() {
    return supportVectors[0].length;
  }

  @Override
  public void write(FileOutput out) {
    out.putDouble(gamma);
    out.putRows(supportVectors);
    out.putRows(coefficients);
    out.putFloats(biases);
  }

  static RbfScorer read(FileInput in, int people) {
    double gamma = in.number();
    in.require(gamma > 0, "a positive gamma");
    float[][] supportVectors = in.rows();
    float[][] coefficients = in.rows();
    in.require(
        coefficients.length == people && coefficients[0].length == supportVectors.length,
        "a coefficient per person and support vector");
    return new RbfScorer(gamma, supportVectors, coefficients, in.floats(people));
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof RbfScorer s
        && gamma == s.gamma
        && Arrays.deepEquals(supportVectors, s.supportVectors)
        && Arrays.deepEquals(coefficients, s.coefficients)
        && Arrays.equals(biases, s.biases);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.deepHashCode(supportVectors) + Arrays.deepHashCode(coefficients);
  }
}
