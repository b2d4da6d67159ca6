package io.facepipeline.classify.training;

import io.facepipeline.classify.file.LinearScorer;
import io.facepipeline.classify.file.Scorer;
import io.facepipeline.classify.file.Vectors;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Means, brought to unit length. */
public final class CentroidLearner implements Learner {
  @Override
  public List<SortedMap<String, Double>> candidates(int mostPhotos) {
    return List.of(new TreeMap<>());
  }

  @Override
  public Scorer learn(List<Sample> samples, int people, SortedMap<String, Double> hyperparameters) {
    int dimensions = samples.get(0).vector().length;
    double[][] sums = new double[people][dimensions];
    for (Sample sample : samples) {
      for (int d = 0; d < dimensions; d++) {
        sums[sample.person()][d] += sample.vector()[d];
      }
    }
    float[][] means = new float[people][dimensions];
    for (int person = 0; person < people; person++) {
      double norm = Math.sqrt(Vectors.dot(sums[person], sums[person]));
      for (int d = 0; d < dimensions; d++) {
        // Vectors that cancel each other have no direction; then nothing is like their mean.
        means[person][d] = norm > 0 ? (float) (sums[person][d] / norm) : 0;
      }
    }
    return new LinearScorer(means, new float[people]);
  }
}
