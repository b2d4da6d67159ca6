package io.facepipeline.evaluation.verification;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A 95 % confidence interval by the percentile bootstrap (Efron 1979): the items are resampled with
 * replacement many times. Pairs are resampled as if they were independent; if pairs share people,
 * the true interval is somewhat wider.
 *
 * @param lower the 2.5 % quantile; NaN if undefined
 * @param upper the 97.5 % quantile; NaN if undefined
 */
public record ConfidenceInterval(double lower, double upper) {
  private static final double TAIL = 0.025;

  /** The intervals of several figures, all over the same resamples. */
  static List<ConfidenceInterval> of(int draws, long seed, Function<Random, double[]> figures) {
    Random random = new Random(seed);
    double[][] drawn = new double[draws][];
    for (int i = 0; i < draws; i++) {
      drawn[i] = figures.apply(random);
    }
    return IntStream.range(0, drawn[0].length)
        .mapToObj(f -> of(Arrays.stream(drawn).mapToDouble(d -> d[f]).sorted().toArray()))
        .toList();
  }

  private static ConfidenceInterval of(double[] sorted) {
    // NaN sorts last: a figure that some draws do not define has no interval.
    return Double.isNaN(sorted[sorted.length - 1])
        ? new ConfidenceInterval(Double.NaN, Double.NaN)
        : new ConfidenceInterval(quantile(sorted, TAIL), quantile(sorted, 1 - TAIL));
  }

  /** A resample of the same size, drawn with replacement. */
  static double[] draw(double[] values, Random random) {
    double[] drawn = new double[values.length];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = values[random.nextInt(values.length)];
    }
    return drawn;
  }

  private static double quantile(double[] sorted, double share) {
    double at = share * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
