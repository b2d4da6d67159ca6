package io.facepipeline.classify;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a classifier was trained; saved with it.
 *
 * @param photos the number of photos trained on
 * @param embeddings the number of embeddings, including those of augmented copies
 * @param augmentation the augmentation; empty if none
 * @param seed the seed of folds and draws
 * @param hyperparameters the values that cross-validation chose
 * @param accuracy the cross-validated share of photos named correctly, without rejection of
 *     strangers
 * @param falseAcceptRate how often a stranger may be named; 1 if strangers are not rejected
 * @param impostorTrials the number of faces of strangers used to find the threshold
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
