package io.facepipeline.classify.training;

import io.facepipeline.classify.file.NeighborScorer;
import io.facepipeline.classify.file.Scorer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** Keeps the vectors. */
public final class NeighborLearner implements Learner {
  private static final String K = "k";
  private static final int[] CANDIDATES = {1, 3, 5, 7};

  @Override
  public List<SortedMap<String, Double>> candidates(int mostPhotos) {
    List<SortedMap<String, Double>> candidates = new ArrayList<>();
    for (int k : CANDIDATES) {
      if (k <= Math.max(1, mostPhotos)) {
        candidates.add(Learner.of(K, k));
      }
    }
    return candidates;
  }

  @Override
  public Scorer learn(List<Sample> samples, int people, SortedMap<String, Double> hyperparameters) {
    return new NeighborScorer(
        Math.min(hyperparameters.getOrDefault(K, 1.0).intValue(), samples.size()),
        samples.stream().map(Sample::vector).toArray(float[][]::new),
        samples.stream().mapToInt(Sample::person).toArray(),
        people);
  }
}
