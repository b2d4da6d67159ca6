package io.facepipeline;

import java.util.Arrays;

/**
 * A face as a point on the unit sphere: a vector of unit length that names the model it came from.
 * Vectors of different models cannot be compared. Immutable.
 *
 * @param fingerprint the {@link ModelCard#fingerprint() fingerprint} of the model that made it
 * @param values the unit vector
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out, and compared by content
public record Embedding(String fingerprint, float[] values) {
  /** So far from 1 rounding takes the length of a unit vector, which is kept as it is then. */
  private static final double ROUNDING = 1e-6;

  /**
   * Creates an embedding; the vector is copied and normalized to unit length.
   *
   * @throws IllegalArgumentException if the vector is empty, of length zero or not finite
   */
  public Embedding {
    values = unit(values);
  }

  /**
   * Creates an embedding; the vector is normalized to unit length.
   *
   * @param fingerprint the {@link ModelCard#fingerprint() fingerprint} of the model
   * @param vector the vector, copied
   * @return the embedding
   * @throws IllegalArgumentException if the vector is empty, of length zero or not finite
   */
  public static Embedding of(String fingerprint, float[] vector) {
    return new Embedding(fingerprint, vector);
  }

  private static float[] unit(float[] vector) {
    double sum = 0;
    for (float v : vector) {
      sum += (double) v * v;
    }
    double norm = Math.sqrt(sum);
    if (!(norm > 0) || Double.isInfinite(norm)) {
      throw new IllegalArgumentException(
          "an embedding needs a finite vector that is not zero, got "
              + vector.length
              + " numbers with norm "
              + norm);
    }
    if (Math.abs(norm - 1) <= ROUNDING) {
      return vector.clone();
    }
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (vector[i] / norm);
    }
    return unit;
  }

  /** {@return a copy of the unit vector} */
  @Override
  public float[] values() {
    return values.clone();
  }

  /** {@return the number of dimensions} */
  public int size() {
    return values.length;
  }

  /** {@return a copy of the unit vector} */
  public float[] toArray() {
    return values.clone();
  }

  /**
   * Copies the unit vector into an array.
   *
   * @param target where to copy
   * @param offset the index of the first number
   */
  public void copyTo(float[] target, int offset) {
    System.arraycopy(values, 0, target, offset, values.length);
  }

  /**
   * {@return the cosine similarity with another embedding, -1 to 1}
   *
   * @param other the other embedding
   * @throws IllegalArgumentException if the other comes from another model ({@link
   *     ModelCard#sameEmbedding})
   */
  public float similarity(Embedding other) {
    if (!ModelCard.sameEmbedding(fingerprint, other.fingerprint)
        || values.length != other.values.length) {
      throw new IllegalArgumentException(
          "embeddings of different models cannot be compared: "
              + this
              + " and "
              + other
              + "; embed both faces with the same model, preprocessing and mirroring");
    }
    double dot = 0;
    for (int i = 0; i < values.length; i++) {
      dot += (double) values[i] * other.values[i];
    }
    return (float) Math.max(-1, Math.min(1, dot));
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Embedding e
        && fingerprint.equals(e.fingerprint)
        && Arrays.equals(values, e.values);
  }

  @Override
  public int hashCode() {
    return 31 * fingerprint.hashCode() + Arrays.hashCode(values);
  }

  /**
   * {@return the size and the model; not the vector, which is personal data and must not appear in
   * logs}
   */
  @Override
  public String toString() {
    return values.length + " dimensions of " + fingerprint;
  }
}
