package io.facepipeline.classify.training;

import io.facepipeline.classify.ClassifierException;
import io.facepipeline.classify.file.RbfScorer;
import io.facepipeline.classify.file.Scorer;
import io.facepipeline.classify.file.Vectors;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import libsvm.svm;
import libsvm.svm_model;
import libsvm.svm_node;
import libsvm.svm_parameter;
import libsvm.svm_problem;

/**
 * Libsvm's machines, one against the rest for each person. The kernels of all pairs are computed
 * once for all machines, which takes 28 bytes a pair; so the number of vectors is bounded.
 */
public final class RbfSvmLearner implements Learner {
  static final int MAX_SAMPLES = 3000;

  private static final String COST = "C";
  private static final String GAMMA = "gamma";
  private static final double[] COSTS = {10, 100, 1000};
  private static final double[] GAMMAS = {0.25, 0.5, 1};

  @Override
  public List<SortedMap<String, Double>> candidates(int mostPhotos) {
    List<SortedMap<String, Double>> candidates = new ArrayList<>();
    for (double gamma : GAMMAS) {
      for (double cost : COSTS) {
        candidates.add(Learner.of(COST, cost, GAMMA, gamma));
      }
    }
    return candidates;
  }

  @Override
  public void requireRoom(int samples) {
    if (samples > MAX_SAMPLES) {
      throw ClassifierException.untrainable(
          "the SVM with a Gaussian kernel takes at most "
              + MAX_SAMPLES
              + " embeddings, got "
              + samples
              + "; use the linear kernel, or fewer copies");
    }
  }

  @Override
  public Scorer learn(List<Sample> samples, int people, SortedMap<String, Double> hyperparameters) {
    // Libsvm prints its progress otherwise, and knows only one printer for all.
    svm.svm_set_print_string_function(text -> {});
    double gamma = hyperparameters.getOrDefault(GAMMA, 1.0);
    svm_problem problem = new svm_problem();
    problem.l = samples.size();
    problem.x = kernels(samples, gamma);
    float[][] coefficients = new float[people][samples.size()];
    float[] biases = new float[people];
    boolean[] used = new boolean[samples.size()];
    double cost = hyperparameters.getOrDefault(COST, 1.0) / samples.size();
    int[] counts = Learner.counts(samples, people);
    for (int person = 0; person < people; person++) {
      int positive = person;
      problem.y = samples.stream().mapToDouble(s -> s.person() == positive ? 1 : -1).toArray();
      svm_model model = svm.svm_train(problem, parameter(cost, counts[person], samples.size()));
      int sign = model.label[0] == 1 ? 1 : -1;
      for (int i = 0; i < model.l; i++) {
        int sample = model.sv_indices[i] - 1;
        coefficients[person][sample] = (float) (sign * model.sv_coef[0][i]);
        used[sample] = true;
      }
      biases[person] = (float) (-sign * model.rho[0]);
    }
    return scorer(gamma, samples, coefficients, biases, used);
  }

  /** A person's mistakes weigh as much as the others' together; see the linear learner. */
  private static svm_parameter parameter(double cost, int own, int all) {
    svm_parameter parameter = new svm_parameter();
    parameter.svm_type = svm_parameter.C_SVC;
    parameter.kernel_type = svm_parameter.PRECOMPUTED;
    parameter.C = cost;
    parameter.nr_weight = 1;
    parameter.weight_label = new int[] {1};
    parameter.weight = new double[] {(double) (all - own) / own};
    parameter.eps = 0.001;
    parameter.cache_size = 100;
    parameter.shrinking = 1;
    return parameter;
  }

  /** In libsvm's form for precomputed kernels: the number of the row, then its kernels. */
  private static svm_node[][] kernels(List<Sample> samples, double gamma) {
    int count = samples.size();
    svm_node[][] x = new svm_node[count][count + 1];
    for (int i = 0; i < count; i++) {
      x[i][0] = node(0, i + 1);
      for (int j = 0; j <= i; j++) {
        double cosine = Vectors.dot(samples.get(i).vector(), samples.get(j).vector());
        double kernel = RbfScorer.kernel(gamma, cosine);
        x[i][j + 1] = node(j + 1, kernel);
        if (j < i) {
          x[j][i + 1] = node(i + 1, kernel);
        }
      }
    }
    return x;
  }

  private static svm_node node(int index, double value) {
    svm_node node = new svm_node();
    node.index = index;
    node.value = value;
    return node;
  }

  /** Leaves out the vectors that support no machine. */
  private static Scorer scorer(
      double gamma, List<Sample> samples, float[][] coefficients, float[] biases, boolean[] used) {
    List<float[]> vectors = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < used.length; i++) {
      if (used[i]) {
        vectors.add(samples.get(i).vector());
        places.add(i);
      }
    }
    float[][] kept = new float[coefficients.length][places.size()];
    for (int person = 0; person < kept.length; person++) {
      for (int i = 0; i < places.size(); i++) {
        kept[person][i] = coefficients[person][places.get(i)];
      }
    }
    return new RbfScorer(gamma, vectors.toArray(new float[0][]), kept, biases);
  }
}
