package io.facepipeline.evaluation.gallerysize;

import io.facepipeline.evaluation.internal.ImpostorScores;
import io.facepipeline.internal.ImpostorTail;
import org.jspecify.annotations.Nullable;

/**
 * The thresholds of galleries by the formula for independent comparisons: a stranger reaches a
 * threshold with one of n faces at the rate 1 - (1 - r)^n, where r is the share of single pairs of
 * different people that reach it. Where too few pairs do, a normal distribution goes on from those
 * that there are. Immutable.
 */
public final class FalseMatches {
  /** So many pairs must reach a threshold for it not to rest on a single one. */
  private static final int LEAST_PAIRS = 10;

  private static final double TWO_DECADES = 100;

  private final ImpostorScores scores;
  private final @Nullable ImpostorTail tail;

  /**
   * A threshold.
   *
   * @param similarity the lowest similarity that gets a name; NaN if there are too few pairs
   * @param extrapolated whether fewer than ten pairs reach it
   */
  public record Threshold(double similarity, boolean extrapolated) {}

  private FalseMatches(ImpostorScores scores, @Nullable ImpostorTail tail) {
    this.scores = scores;
    this.tail = tail;
  }

  static FalseMatches of(ImpostorScores scores) {
    double lowest = Math.pow(10, Math.ceil(Math.log10(LEAST_PAIRS / (double) scores.pairs())));
    if (!(lowest * TWO_DECADES < 1)) {
      return new FalseMatches(scores, null);
    }
    double often = scores.atFalseAcceptRate(lowest * TWO_DECADES).threshold();
    double rarely = scores.atFalseAcceptRate(lowest).threshold();
    return new FalseMatches(
        scores,
        rarely > often ? ImpostorTail.through(often, lowest * TWO_DECADES, rarely, lowest) : null);
  }

  /** {@return the number of pairs of strangers and enrolled people, each face with each} */
  public long pairs() {
    return scores.pairs();
  }

  /**
   * {@return the threshold of a gallery}
   *
   * @param falseAcceptRate the share of strangers who may get a name
   * @param faces the number of faces in the gallery
   */
  public Threshold threshold(double falseAcceptRate, long faces) {
    double rate = ImpostorTail.ofOneFace(falseAcceptRate, faces);
    if (rate * scores.pairs() >= LEAST_PAIRS) {
      return new Threshold(scores.atFalseAcceptRate(rate).threshold(), false);
    }
    return new Threshold(tail == null ? Double.NaN : tail.thresholdAt(rate), true);
  }

  /**
   * {@return the share of strangers who get a name; NaN if there are too few pairs}
   *
   * @param threshold the lowest similarity that gets a name
   * @param faces the number of faces in the gallery
   */
  public double strangersNamed(double threshold, long faces) {
    double rate = scores.falseAcceptRate(threshold);
    if (!(rate * scores.pairs() >= LEAST_PAIRS)) {
      rate = tail == null ? Double.NaN : tail.rateAt(threshold);
    }
    return ImpostorTail.ofGallery(rate, faces);
  }
}
