package io.facepipeline.classify.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import io.facepipeline.Embedding;
import io.facepipeline.classify.FixtureFaces;
import io.facepipeline.classify.file.Scorer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import libsvm.svm;
import libsvm.svm_model;
import libsvm.svm_node;
import libsvm.svm_parameter;
import libsvm.svm_problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scorers against the libraries that made them, and against plain arithmetic. */
final class LearnerTest {
  private static final int PEOPLE = FixtureFaces.PEOPLE.size();

  @ParameterizedTest
  @ValueSource(ints = {2, 5})
  void theLinearSvmScoresAsLiblinear(int count) {
    List<Sample> samples = samplesOf(count);
    Scorer scorer = new LinearSvmLearner().learn(samples, count, Learner.of("C", 150));
    for (int person = 0; person < count; person++) {
      Problem problem = new Problem();
      int positive = person;
      problem.l = samples.size();
      problem.n = FixtureFaces.DIMENSIONS + 1;
      problem.bias = 1;
      problem.x =
          samples.stream()
              .map(s -> LinearSvmLearner.features(s.vector()))
              .toArray(Feature[][]::new);
      problem.y = samples.stream().mapToDouble(s -> s.person() == positive ? 1 : 2).toArray();
      Parameter parameter = new Parameter(SolverType.L2R_L2LOSS_SVC, 150.0 / samples.size(), 1e-6);
      parameter.setWeights(new double[] {count - 1}, new int[] {1});
      Model model = Linear.train(problem, parameter);
      for (Embedding probe : FixtureFaces.probes()) {
        double[] value = new double[1];
        Linear.predictValues(model, LinearSvmLearner.features(probe.toArray()), value);
        double expected = model.getLabels()[0] == 1 ? value[0] : -value[0];
        assertEquals(expected, scorer.scores(probe.toArray())[person], 0.02);
      }
    }
  }

  @Test
  void theGaussianSvmScoresAsLibsvmWithItsOwnKernel() {
    List<Sample> samples = LbfgsTest.samples();
    Scorer scorer = new RbfSvmLearner().learn(samples, PEOPLE, Learner.of("C", 75, "gamma", 0.7));
    svm.svm_set_print_string_function(text -> {});
    for (int person = 0; person < PEOPLE; person++) {
      int positive = person;
      svm_problem problem = new svm_problem();
      problem.l = samples.size();
      problem.x = samples.stream().map(s -> nodes(s.vector())).toArray(svm_node[][]::new);
      problem.y = samples.stream().mapToDouble(s -> s.person() == positive ? 1 : -1).toArray();
      svm_parameter parameter = new svm_parameter();
      parameter.kernel_type = svm_parameter.RBF;
      parameter.gamma = 0.7;
      parameter.C = 75.0 / samples.size();
      parameter.eps = 1e-6;
      parameter.cache_size = 10;
      parameter.nr_weight = 1;
      parameter.weight_label = new int[] {1};
      parameter.weight = new double[] {PEOPLE - 1};
      svm_model model = svm.svm_train(problem, parameter);
      for (Embedding probe : FixtureFaces.probes()) {
        double[] value = new double[1];
        svm.svm_predict_values(model, nodes(probe.toArray()), value);
        double expected = model.label[0] == 1 ? value[0] : -value[0];
        assertEquals(expected, scorer.scores(probe.toArray())[person], 0.005);
      }
    }
  }

  private static svm_node[] nodes(float[] vector) {
    svm_node[] nodes = new svm_node[vector.length];
    for (int d = 0; d < vector.length; d++) {
      nodes[d] = new svm_node();
      nodes[d].index = d + 1;
      nodes[d].value = vector[d];
    }
    return nodes;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void neighborsAreTheMostAlikePhotosOfEachPerson(int k) {
    List<Sample> samples = LbfgsTest.samples();
    Scorer scorer = new NeighborLearner().learn(samples, PEOPLE, Learner.of("k", k));
    for (Embedding probe : FixtureFaces.probes()) {
      double[] scores = scorer.scores(probe.toArray());
      int person = 0;
      for (List<Embedding> photos : FixtureFaces.people().values()) {
        double expected =
            photos.stream()
                .map(probe::similarity)
                .sorted(Comparator.reverseOrder())
                .limit(k)
                .mapToDouble(Float::doubleValue)
                .average()
                .orElseThrow();
        assertEquals(expected, scores[person++], 1e-6);
      }
    }
  }

  @Test
  void aCentroidIsTheDirectionOfTheMean() {
    List<Sample> samples =
        List.of(
            Sample.original(new float[] {1, 0}, 0, 0),
            Sample.original(new float[] {0, 1}, 0, 1),
            Sample.original(new float[] {0, -1}, 1, 2));
    Scorer scorer = new CentroidLearner().learn(samples, 2, Learner.of("none", 0));
    double[] scores = scorer.scores(new float[] {1, 0});
    assertEquals(Math.sqrt(0.5), scores[0], 1e-6);
    assertEquals(0, scores[1], 1e-6);
  }

  @Test
  void photosThatCancelEachOtherAreLikeNobody() {
    List<Sample> samples =
        List.of(
            Sample.original(new float[] {1, 0}, 0, 0),
            Sample.original(new float[] {-1, 0}, 0, 1),
            Sample.original(new float[] {0, 1}, 1, 2));
    Scorer scorer = new CentroidLearner().learn(samples, 2, Learner.of("none", 0));
    assertTrue(Arrays.stream(scorer.scores(new float[] {1, 0})).allMatch(s -> s == 0));
  }

  private static List<Sample> samplesOf(int people) {
    return LbfgsTest.samples().stream().filter(s -> s.person() < people).toList();
  }
}
