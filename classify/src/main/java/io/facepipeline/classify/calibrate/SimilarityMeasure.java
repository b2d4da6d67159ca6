package io.facepipeline.classify.calibrate;

import io.facepipeline.Embedding;

/**
 * How two embeddings are compared. Both orders agree, since embeddings have unit length: the
 * squared distance is {@code 2 - 2 * cosine}. So they accept the same pairs at the same
 * false-accept rate; they differ in the numbers a user sees and in the fitted curve.
 */
public enum SimilarityMeasure {
  /** The cosine of the angle, -1 to 1; larger is more alike. */
  COSINE {
    @Override
    public double ofCosine(double cosine) {
      return cosine;
    }

    @Override
    double worth(double value) {
      return value;
    }
  },

  /** The distance on the unit sphere's chord, 0 to 2; smaller is more alike. */
  EUCLIDEAN {
    @Override
    public double ofCosine(double cosine) {
      return Math.sqrt(Math.max(0, 2 - 2 * cosine));
    }

    @Override
    double worth(double value) {
      return -value;
    }
  };

  /**
   * {@return the measure of two embeddings whose cosine is known}
   *
   * @param cosine their cosine similarity, -1 to 1
   */
  public abstract double ofCosine(double cosine);

  /**
   * {@return the measure of two embeddings}
   *
   * @param a an embedding
   * @param b another of the same model
   * @throws IllegalArgumentException if they come from different models
   */
  public double of(Embedding a, Embedding b) {
    return ofCosine(a.similarity(b));
  }

  /** The value turned so that larger is more alike; its own inverse. */
  abstract double worth(double value);
}
