package io.facepipeline.classify.calibrate;

import io.facepipeline.Embedding;

/**
 * How two embeddings are compared. Embeddings have unit length, so the squared distance is {@code 2
 * - 2 * cosine} and both measures rank pairs alike. They accept the same pairs at the same
 * false-accept rate; only the numbers and the fitted curve differ.
 */
public enum SimilarityMeasure {
  /** The cosine of the angle, -1 to 1; larger is more similar. */
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

  /** The Euclidean distance of unit vectors, 0 to 2; smaller is more similar. */
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
   * {@return the value for a known cosine}
   *
   * @param cosine their cosine similarity, -1 to 1
   */
  public abstract double ofCosine(double cosine);

  /**
   * {@return the value for two embeddings}
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
