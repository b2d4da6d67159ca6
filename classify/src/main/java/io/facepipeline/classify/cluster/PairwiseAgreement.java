package io.facepipeline.classify.cluster;

import java.util.Locale;

/**
 * The agreement of clusters with the truth, counted in pairs of faces.
 *
 * @param right pairs of the same person within a cluster
 * @param together pairs within a cluster
 * @param same pairs of the same person
 */
public record PairwiseAgreement(long right, long together, long same) {
  /**
   * {@return the share of the pairs within clusters that show the same person; 1 if there are none}
   */
  public double precision() {
    return together == 0 ? 1 : (double) right / together;
  }

  /**
   * {@return the share of the pairs of the same person that are within a cluster; 1 if there are
   * none}
   */
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
