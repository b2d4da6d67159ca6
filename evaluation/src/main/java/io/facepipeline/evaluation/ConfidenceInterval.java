package io.facepipeline.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Where a figure lies with 95 % confidence, by the percentile bootstrap (Efron 1979): the figure of
 * as many items drawn again with replacement, many times. Pairs are drawn as if they were
 * independent; pairs that share people make the true interval somewhat wider.
 *
 * @param lower the 2.5 % quantile; NaN if the figure is not defined
 * @param upper the 97.5 % quantile; NaN if the figure is not defined
 */
public record ConfidenceInterval(double lower, double upper) {
  private static final double TAIL = 0.025;

  /** The intervals of figures of a random draw, each over the same draws. */
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

  /** As many values, drawn with replacement. */
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
