package io.facepipeline.evaluation.verification;

import io.facepipeline.evaluation.verification.VerificationReport.ScoredPair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * The accuracy of the LFW protocol: each fold is judged with the threshold that is best on all the
 * other folds. As in github.com/davidsandberg/facenet (and LightCNN's evaluation after it), the
 * candidate thresholds are squared Euclidean distances of unit vectors, 0 to 4 in steps of 0.01,
 * and the first best one is used; a distance corresponds to the cosine {@code 1 - distance / 2}. A
 * pair with a missing face is wrong at every threshold. Folds without pairs do not count.
 * Immutable.
 *
 * @param folds the folds that have pairs, in order
 */
public record FoldAccuracy(List<Fold> folds) {
  private static final int STEPS = 400;
  private static final double STEP = 0.01;

  /**
   * A fold and the threshold chosen on the other folds.
   *
   * @param index the fold's number, from 0
   * @param threshold the cosine that a pair of the same person must exceed
   * @param pairs the number of its pairs
   * @param correct how many of them were judged correctly
   */
  public record Fold(int index, double threshold, int pairs, int correct) {
    /** {@return the share of pairs judged correctly, 0 to 1} */
    public double accuracy() {
      return (double) correct / pairs;
    }
  }

  /** Creates it. */
  public FoldAccuracy {
    folds = List.copyOf(folds);
  }

  /**
   * {@return the accuracy over pairs}
   *
   * @param pairs the pairs, in any order
   * @throws IllegalArgumentException if fewer than two folds have pairs, because the threshold of a
   *     fold is chosen on the others
   */
  public static FoldAccuracy of(List<ScoredPair> pairs) {
    TreeMap<Integer, Tally> tallies = new TreeMap<>();
    int[] all = new int[STEPS];
    for (ScoredPair pair : pairs) {
      Tally fold = tallies.computeIfAbsent(pair.pair().fold(), f -> new Tally());
      fold.pairs++;
      for (int step = 0; step < STEPS; step++) {
        if (isCorrect(pair, cosine(step))) {
          fold.correct[step]++;
          all[step]++;
        }
      }
    }
    if (tallies.size() < 2) {
      throw new IllegalArgumentException(
          "the threshold of a fold is chosen on the others, so at least two folds need pairs; got "
              + tallies.size());
    }
    List<Fold> folds = new ArrayList<>();
    tallies.forEach(
        (index, own) -> {
          int best = 0;
          for (int step = 1; step < STEPS; step++) {
            if (all[step] - own.correct[step] > all[best] - own.correct[best]) {
              best = step;
            }
          }
          folds.add(new Fold(index, cosine(best), own.pairs, own.correct[best]));
        });
    return new FoldAccuracy(folds);
  }

  /** {@return the mean of the folds' accuracies, 0 to 1} */
  public double mean() {
    return Arrays.stream(accuracies()).average().orElseThrow();
  }

  /**
   * {@return the standard deviation of the folds' accuracies; the divisor is their number, as in
   * NumPy}
   */
  public double deviation() {
    double mean = mean();
    return Math.sqrt(
        Arrays.stream(accuracies()).map(a -> (a - mean) * (a - mean)).average().orElseThrow());
  }

  /**
   * {@return whether a pair is judged correctly with its fold's threshold}
   *
   * @param pair one of the pairs
   */
  public boolean isCorrect(ScoredPair pair) {
    for (Fold fold : folds) {
      if (fold.index() == pair.pair().fold()) {
        return isCorrect(pair, fold.threshold());
      }
    }
    throw new IllegalArgumentException("no fold " + pair.pair().fold() + " among " + folds);
  }

  private static boolean isCorrect(ScoredPair pair, double threshold) {
    return pair.isDecided() && pair.similarity() > threshold == pair.pair().same();
  }

  private static double cosine(int step) {
    return 1 - step * STEP / 2;
  }

  private double[] accuracies() {
    return folds.stream().mapToDouble(Fold::accuracy).toArray();
  }

  /** How many pairs of a fold each threshold judges right. */
  private static final class Tally {
    private final int[] correct = new int[STEPS];
    private int pairs;
  }
}
