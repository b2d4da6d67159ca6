package io.facepipeline.evaluation.verification;

import io.facepipeline.Embedding;
import io.facepipeline.evaluation.internal.ImpostorScores;
import java.beans.Transient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The receiver operating characteristic: the share of genuine scores that a threshold accepts over
 * the share of impostor scores. Higher scores mean more similar. A score is accepted if it reaches
 * the threshold. Equal scores are accepted together, so that their order does not matter.
 * Immutable.
 *
 * <p>A comparison without a score (no face found) is rejected at every threshold, as ISO/IEC
 * 19795-1 counts failures to acquire: pass negative infinity.
 */
public final class RocCurve {
  private final List<Point> points;
  private final long genuine;
  private final long impostors;

  /**
   * A point of the curve.
   *
   * @param threshold the lowest score that is accepted; infinite for the first point, which accepts
   *     nothing
   * @param falseAccepts the number of accepted impostor scores
   * @param trueAccepts the number of accepted genuine scores
   * @param falseAcceptRate the share of accepted impostor scores, 0 to 1; NaN if there are none
   * @param trueAcceptRate the share of accepted genuine scores, 0 to 1; NaN if there are none
   */
  public record Point(
      double threshold,
      long falseAccepts,
      long trueAccepts,
      double falseAcceptRate,
      double trueAcceptRate) {}

  /**
   * A threshold and its rates: the lowest threshold that accepts at most a given share of impostor
   * pairs.
   *
   * @param askedFalseAcceptRate the share of impostor pairs that may be accepted, 0 to 1
   * @param trueAcceptRate the share of genuine pairs that are accepted, 0 to 1; NaN without genuine
   *     or without impostor pairs
   * @param threshold the lowest score that is accepted; infinite if none may be
   * @param falseAccepts the number of accepted impostor pairs
   * @param impostorPairs the number of impostor pairs; they cannot measure a rate far below one in
   *     this number
   */
  public record OperatingPoint(
      double askedFalseAcceptRate,
      double trueAcceptRate,
      double threshold,
      long falseAccepts,
      long impostorPairs) {
    /**
     * How many impostor pairs a rate lets accept. Whole pairs are compared: 0.001 * 3000 is a
     * little less than 3 in binary.
     */
    public static long allowed(double falseAcceptRate, long impostorPairs) {
      if (!(falseAcceptRate >= 0 && falseAcceptRate <= 1)) {
        throw new IllegalArgumentException(
            "the false-accept rate must be between 0 and 1, got " + falseAcceptRate);
      }
      return (long) Math.floor(falseAcceptRate * impostorPairs + 1e-9);
    }

    /**
     * Measures a threshold on all pairs of photos of different people. They are far more than the
     * pairs of a protocol, so they support low false-accept rates.
     *
     * @param people the embeddings of each person, all of one model
     * @param falseAcceptRate the share of the pairs that may be accepted, 0 to 1
     * @param threads how many threads compare, at least 1
     * @return the lowest threshold, a multiple of 1e-5, that accepts at most this share; without a
     *     true-accept rate
     * @throws IllegalArgumentException if embeddings come from different models, or the rate is out
     *     of range
     */
    public static OperatingPoint ofDifferentPeople(
        Map<String, List<Embedding>> people, double falseAcceptRate, int threads) {
      allowed(falseAcceptRate, 0);
      return ImpostorScores.between(people, threads).atFalseAcceptRate(falseAcceptRate);
    }

    /**
     * {@return the measured false-accept rate, at most the asked one; NaN without impostor pairs}
     */
    public double falseAcceptRate() {
      return impostorPairs == 0 ? Double.NaN : (double) falseAccepts / impostorPairs;
    }

    /**
     * {@return whether there are enough impostor pairs for the asked rate: at least one of them may
     * be accepted}
     */
    @Transient // told by the other values, so no part of JSON
    public boolean isMeasured() {
      return askedFalseAcceptRate * impostorPairs >= 1;
    }
  }

  private RocCurve(List<Point> points, long genuine, long impostors) {
    this.points = List.copyOf(points);
    this.genuine = genuine;
    this.impostors = impostors;
  }

  /**
   * {@return the curve of scores}
   *
   * @param genuine the scores of the same person, in any order; may be empty
   * @param impostor the scores of different people, in any order; may be empty
   * @throws IllegalArgumentException if a score is not a number
   */
  public static RocCurve of(double[] genuine, double[] impostor) {
    double[] same = sorted(genuine);
    double[] different = sorted(impostor);
    List<Point> points = new ArrayList<>();
    points.add(point(Double.POSITIVE_INFINITY, 0, 0, same.length, different.length));
    int s = same.length;
    int d = different.length;
    while (s > 0 || d > 0) {
      double score =
          Math.max(
              s > 0 ? same[s - 1] : Double.NEGATIVE_INFINITY,
              d > 0 ? different[d - 1] : Double.NEGATIVE_INFINITY);
      while (s > 0 && same[s - 1] == score) {
        s--;
      }
      while (d > 0 && different[d - 1] == score) {
        d--;
      }
      points.add(
          point(score, different.length - d, same.length - s, same.length, different.length));
    }
    return new RocCurve(points, same.length, different.length);
  }

  /** {@return the points, from accepting nothing to accepting everything} */
  public List<Point> points() {
    return points;
  }

  /** {@return the number of genuine scores} */
  public long genuinePairs() {
    return genuine;
  }

  /** {@return the number of impostor scores} */
  public long impostorPairs() {
    return impostors;
  }

  /**
   * {@return the area under the curve: the probability that a genuine score is above an impostor
   * score, with ties counted as one half (Hanley and McNeil 1982); NaN without scores of both
   * kinds}
   */
  public double areaUnderCurve() {
    double area = 0;
    for (int i = 1; i < points.size(); i++) {
      Point a = points.get(i - 1);
      Point b = points.get(i);
      area +=
          (b.falseAcceptRate() - a.falseAcceptRate())
              * (a.trueAcceptRate() + b.trueAcceptRate())
              / 2;
    }
    return genuine == 0 || impostors == 0 ? Double.NaN : area;
  }

  /**
   * {@return the equal error rate: where the linearly interpolated curve has equal false-accept and
   * false-reject rates; 0 to 1, NaN without scores of both kinds}
   */
  public double equalErrorRate() {
    if (genuine == 0 || impostors == 0) {
      return Double.NaN;
    }
    for (int i = 1; i < points.size(); i++) {
      Point a = points.get(i - 1);
      Point b = points.get(i);
      // False rejects minus false accepts: falls along the curve from 1 to -1.
      double before = 1 - a.trueAcceptRate() - a.falseAcceptRate();
      double after = 1 - b.trueAcceptRate() - b.falseAcceptRate();
      if (after <= 0) {
        double part = before / (before - after);
        return a.falseAcceptRate() + part * (b.falseAcceptRate() - a.falseAcceptRate());
      }
    }
    throw new AssertionError("the last point accepts everything");
  }

  /**
   * {@return the lowest threshold that accepts at most a share of the impostor scores, with its
   * rates}
   *
   * @param falseAcceptRate the share, 0 to 1
   * @throws IllegalArgumentException if the rate is out of range
   */
  public OperatingPoint atFalseAcceptRate(double falseAcceptRate) {
    long allowed = OperatingPoint.allowed(falseAcceptRate, impostors);
    Point best = points.get(0);
    if (impostors > 0) {
      for (Point point : points) {
        if (point.falseAccepts() <= allowed && point.threshold() > Double.NEGATIVE_INFINITY) {
          best = point;
        }
      }
    }
    return new OperatingPoint(
        falseAcceptRate,
        genuine == 0 || impostors == 0 ? Double.NaN : best.trueAcceptRate(),
        best.threshold(),
        best.falseAccepts(),
        impostors);
  }

  private static Point point(
      double threshold, long falseAccepts, long trueAccepts, long genuine, long impostors) {
    return new Point(
        threshold,
        falseAccepts,
        trueAccepts,
        impostors == 0 ? Double.NaN : (double) falseAccepts / impostors,
        genuine == 0 ? Double.NaN : (double) trueAccepts / genuine);
  }

  private static double[] sorted(double[] scores) {
    double[] copy = scores.clone();
    for (double score : copy) {
      if (Double.isNaN(score)) {
        throw new IllegalArgumentException(
            "a score is NaN; pass negative infinity for a comparison without a score");
      }
    }
    Arrays.sort(copy);
    return copy;
  }
}
