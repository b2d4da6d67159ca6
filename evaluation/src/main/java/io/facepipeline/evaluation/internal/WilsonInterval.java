package io.facepipeline.evaluation.internal;

/**
 * The 95 % interval of a share by its score test (Wilson 1927), which also holds for shares near 0
 * and 1.
 */
public final class WilsonInterval {
  private static final double DEVIATIONS = 1.959964;

  private WilsonInterval() {}

  /**
   * {@return both ends; NaN without trials}
   *
   * @param hits how many trials went so
   * @param trials how many there were
   */
  public static double[] of(long hits, long trials) {
    double share = (double) hits / trials;
    double square = DEVIATIONS * DEVIATIONS / trials;
    double middle = (share + square / 2) / (1 + square);
    double half =
        DEVIATIONS / (1 + square) * Math.sqrt(share * (1 - share) / trials + square / (4 * trials));
    return new double[] {middle - half, middle + half};
  }
}
