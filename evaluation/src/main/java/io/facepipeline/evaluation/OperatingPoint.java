package io.facepipeline.evaluation;

import java.beans.Transient;

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
  /** {@return the measured false-accept rate, at most the asked one; NaN without impostor pairs} */
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
