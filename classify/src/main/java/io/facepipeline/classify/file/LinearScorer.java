package io.facepipeline.classify.file;

import java.util.Arrays;

/** A weighted sum per person. */
public final class LinearScorer implements Scorer {
  private final float[][] weights;
  private final float[] biases;

  /** Takes weights by person and dimension, and a bias per person. */
  public LinearScorer(float[][] weights, float[] biases) {
    this.weights = weights;
    this.biases = biases;
  }

  @Override
  public double[] scores(float[] probe) {
    double[] scores = new double[weights.length];
    for (int person = 0; person < scores.length; person++) {
      scores[person] = Vectors.dot(weights[person], probe) + biases[person];
    }
    return scores;
  }

  @Override
  public int people() {
    return weights.length;
  }

  @Override
  public int dimensions() {
    return weights[0].length;
  }

  @Override
  public void write(FileOutput out) {
    out.putRows(weights);
    out.putFloats(biases);
  }

  static LinearScorer read(FileInput in, int people) {
    float[][] weights = in.rows();
    in.require(weights.length == people, "a weight vector per person");
    return new LinearScorer(weights, in.floats(people));
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof LinearScorer s
        && Arrays.deepEquals(weights, s.weights)
        && Arrays.equals(biases, s.biases);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.deepHashCode(weights) + Arrays.hashCode(biases);
  }
}
