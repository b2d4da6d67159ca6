package io.facepipeline.classify.training;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import io.facepipeline.classify.file.LinearScorer;
import io.facepipeline.classify.file.Scorer;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Liblinear's one-against-the-rest machines, by the primal solver, which draws nothing. The cost is
 * shared out among the photos, and a person's mistakes weigh as much as those of all the others
 * together. Else scale and offset of the scores would hang on how many photos and people there are,
 * and classifiers without some of them, which measure known people and strangers, would not compare
 * with the one of everything.
 */
public final class LinearSvmLearner implements Learner {
  private static final String COST = "C";
  private static final double TOLERANCE = 0.001;

  @Override
  public List<SortedMap<String, Double>> candidates(int mostPhotos) {
    return DoubleStream.of(1, 10, 100, 1000).mapToObj(c -> Learner.of(COST, c)).toList();
  }

  @Override
  public Scorer learn(List<Sample> samples, int people, SortedMap<String, Double> hyperparameters) {
    // Liblinear prints its progress otherwise, and knows only one switch for all.
    Linear.disableDebugOutput();
    int dimensions = samples.get(0).vector().length;
    Problem problem = new Problem();
    problem.l = samples.size();
    problem.n = dimensions + 1;
    problem.bias = 1;
    problem.y = samples.stream().mapToDouble(Sample::person).toArray();
    problem.x = samples.stream().map(s -> features(s.vector())).toArray(Feature[][]::new);
    double cost = hyperparameters.getOrDefault(COST, 1.0) / samples.size();
    Parameter parameter = new Parameter(SolverType.L2R_L2LOSS_SVC, cost, TOLERANCE);
    int[] counts = Learner.counts(samples, people);
    parameter.setWeights(
        IntStream.range(0, people)
            .mapToDouble(p -> (double) (samples.size() - counts[p]) / counts[p])
            .toArray(),
        IntStream.range(0, people).toArray());
    Model model = Linear.train(problem, parameter);
    return scorer(model, people, dimensions);
  }

  /** The vector in liblinear's form, with a last number for the bias. */
  public static Feature[] features(float[] vector) {
    Feature[] features = new Feature[vector.length + 1];
    for (int d = 0; d < vector.length; d++) {
      features[d] = new FeatureNode(d + 1, vector[d]);
    }
    features[vector.length] = new FeatureNode(vector.length + 1, 1);
    return features;
  }

  private static Scorer scorer(Model model, int people, int dimensions) {
    double[] w = model.getFeatureWeights();
    int[] labels = model.getLabels();
    // Of two people there is one machine, which is for the first.
    int machines = people == 2 ? 1 : people;
    float[][] weights = new float[people][dimensions];
    float[] biases = new float[people];
    for (int i = 0; i < people; i++) {
      int machine = machines == 1 ? 0 : i;
      int sign = machines == 1 && i == 1 ? -1 : 1;
      int person = labels[i];
      for (int d = 0; d < dimensions; d++) {
        weights[person][d] = (float) (sign * w[d * machines + machine]);
      }
      biases[person] = (float) (sign * w[dimensions * machines + machine]);
    }
    return new LinearScorer(weights, biases);
  }
}
