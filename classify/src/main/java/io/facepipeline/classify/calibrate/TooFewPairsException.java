package io.facepipeline.classify.calibrate;

import io.facepipeline.FacePipelineException;
import java.util.Locale;

/** There are too few pairs of different people for a false-accept rate. */
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

  /** {@return the requested rate} */
  public double falseAcceptRate() {
    return falseAcceptRate;
  }

  /** {@return the number of pairs of different people} */
  public long pairs() {
    return pairs;
  }

  /** {@return the number of pairs that the rate needs} */
  public long pairsNeeded() {
    return pairsNeeded;
  }
}
