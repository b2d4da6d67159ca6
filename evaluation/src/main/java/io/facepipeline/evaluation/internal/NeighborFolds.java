package io.facepipeline.evaluation.internal;

/**
 * The folds of pairs that come without any: ten of neighbors, as scikit-learn's KFold without
 * shuffling makes them.
 */
public final class NeighborFolds {
  private static final int MOST_FOLDS = 10;

  private NeighborFolds() {}

  /** The fold of a pair, from 0, by its place among all. */
  public static int fold(int pair, long pairs) {
    int folds = (int) Math.min(MOST_FOLDS, pairs);
    long each = pairs / folds;
    long larger = pairs % folds;
    long inLarger = larger * (each + 1);
    return (int) (pair < inLarger ? pair / (each + 1) : larger + (pair - inLarger) / each);
  }
}
