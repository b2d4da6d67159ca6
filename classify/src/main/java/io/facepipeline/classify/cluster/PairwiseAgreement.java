package io.facepipeline.classify.cluster;

import java.util.Locale;

/**
 * How well clusters agree with the truth, counted in pairs of faces.
 *
 * @param right pairs of one person that are in one cluster
 * @param together pairs that are in one cluster
 * @param same pairs of one person
 */
public record PairwiseAgreement(long right, long together, long same) {
  /** {@return the share of the pairs put together that are of one person; 1 if there are none} */
  public double precision() {
    return together == 0 ? 1 : (double) right / together;
  }

  /** {@return the share of the pairs of one person that were put together; 1 if there are none} */
  public double recall() {
    return same == 0 ? 1 : (double) right / same;
  }

  /** {@return the harmonic mean of precision and recall} */
  public double f1() {
    double sum = precision() + recall();
    return sum == 0 ? 0 : 2 * precision() * recall() / sum;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "precision %.4f, recall %.4f, F1 %.4f", precision(), recall(), f1());
  }
}
