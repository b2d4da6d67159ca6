package io.facepipeline.evaluation;

import java.beans.Transient;

/**
 * What a threshold does: how many of the same person it accepts when it lets in no more than an
 * asked share of different people.
 *
 * @param askedFalseAcceptRate the share of impostor pairs that may be accepted, 0 to 1
 * @param trueAcceptRate the share of genuine pairs that are accepted, 0 to 1; NaN without genuine
 *     or without impostor pairs
 * @param threshold the least score that is accepted; infinite if nothing may be
 * @param falseAccepts how many impostor pairs are accepted
 * @param impostorPairs how many impostor pairs there are: a rate far below one in this number is
 *     not measured by them
 */
public record OperatingPoint(
    double askedFalseAcceptRate,
    double trueAcceptRate,
    double threshold,
    long falseAccepts,
    long impostorPairs) {
  /**
   * {@return the false-accept rate that was measured, at most the one that was asked; NaN without
   * impostor pairs}
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
