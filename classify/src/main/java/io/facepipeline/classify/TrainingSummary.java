package io.facepipeline.classify;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a classifier was trained; saved with it.
 *
 * @param photos how many photos it was trained on
 * @param embeddings how many embeddings, with those of changed copies
 * @param augmentation what copies were made; empty if none
 * @param seed the seed of folds and draws
 * @param hyperparameters those that cross-validation chose
 * @param accuracy the share of photos named right by classifiers that had not seen them, strangers
 *     apart
 * @param falseAcceptRate how often a stranger may be given a name; 1 if strangers are not rejected
 * @param impostorTrials how many faces of strangers the threshold rests on
 */
public record TrainingSummary(
    int photos,
    int embeddings,
    String augmentation,
    long seed,
    SortedMap<String, Double> hyperparameters,
    double accuracy,
    double falseAcceptRate,
    int impostorTrials) {
  /** Creates a summary. */
  public TrainingSummary {
    hyperparameters = Collections.unmodifiableSortedMap(new TreeMap<>(hyperparameters));
  }
}
