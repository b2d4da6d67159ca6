package io.facepipeline.classify.calibrate;

import io.facepipeline.FacePipelineException;
import java.util.Locale;

/** A false-accept rate was asked for that rests on too few comparisons of different people. */
public final class TooFewPairsException extends FacePipelineException {
  private final double falseAcceptRate;
  private final long pairs;
  private final long pairsNeeded;

  TooFewPairsException(double falseAcceptRate, long pairs, long pairsNeeded) {
    super(
        String.format(
            Locale.ROOT,
            "a threshold at a false-accept rate of %s needs %d pairs of different people, there"
                + " are %d; give more people, or ask for a rate of at least %.1e",
            falseAcceptRate,
            pairsNeeded,
            pairs,
            (double) VerificationCalibration.ACCEPTED_AT_LEAST / Math.max(1, pairs)));
    this.falseAcceptRate = falseAcceptRate;
    this.pairs = pairs;
    this.pairsNeeded = pairsNeeded;
  }

  /** {@return the rate that was asked for} */
  public double falseAcceptRate() {
    return falseAcceptRate;
  }

  /** {@return how many pairs of different people there are} */
  public long pairs() {
    return pairs;
  }

  /** {@return how many the rate needs} */
  public long pairsNeeded() {
    return pairsNeeded;
  }
}
