package io.facepipeline.classify.training;

import io.facepipeline.classify.file.LinearScorer;
import io.facepipeline.classify.file.Scorer;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.DoubleStream;

/** Minimises {@link LogisticObjective}. */
public final class LogisticLearner implements Learner {
  private static final String COST = "C";

  @Override
  public List<SortedMap<String, Double>> candidates(int mostPhotos) {
    return DoubleStream.of(10, 100, 1000).mapToObj(c -> Learner.of(COST, c)).toList();
  }

  @Override
  public Scorer learn(List<Sample> samples, int people, SortedMap<String, Double> hyperparameters) {
    LogisticObjective objective =
        new LogisticObjective(samples, people, hyperparameters.getOrDefault(COST, 1.0));
    double[] w = Lbfgs.minimize(objective, new double[objective.size()]);
    int dimensions = samples.get(0).vector().length;
    float[][] weights = new float[people][dimensions];
    float[] biases = new float[people];
    for (int person = 0; person < people; person++) {
      int row = person * (dimensions + 1);
      for (int d = 0; d < dimensions; d++) {
        weights[person][d] = (float) w[row + d];
      }
      biases[person] = (float) w[row + dimensions];
    }
    return new LinearScorer(weights, biases);
  }
}
