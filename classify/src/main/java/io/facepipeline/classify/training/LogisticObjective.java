package io.facepipeline.classify.training;

import io.facepipeline.classify.file.Vectors;
import java.util.Arrays;
import java.util.List;

/**
 * The penalised loss of multinomial logistic regression: {@code C * sum over people of the mean
 * over their photos of -log softmax(W x)[person] + |W|^2 / 2}. Each person weighs the same, so that
 * the logits of classifiers of more or fewer photos and people compare. Each row of W ends with the
 * bias, which is penalised too, so that there is one minimum; the rows sum to zero there.
 */
public final class LogisticObjective implements Lbfgs.Objective {
  private final List<Sample> samples;
  private final int people;
  private final double[] costOfPerson;
  private final int row;

  public LogisticObjective(List<Sample> samples, int people, double cost) {
    this.samples = samples;
    this.people = people;
    this.costOfPerson =
        Arrays.stream(Learner.counts(samples, people)).mapToDouble(n -> cost / n).toArray();
    this.row = samples.get(0).vector().length + 1;
  }

  public int size() {
    return people * row;
  }

  @Override
  public double at(double[] w, double[] gradient) {
    Arrays.fill(gradient, 0);
    double loss = 0;
    for (Sample sample : samples) {
      float[] x = sample.vector();
      double cost = costOfPerson[sample.person()];
      double[] logits = new double[people];
      for (int k = 0; k < people; k++) {
        logits[k] = logit(w, k * row, x);
      }
      double[] p = softmax(logits);
      loss -= cost * Math.log(Math.max(Double.MIN_NORMAL, p[sample.person()]));
      p[sample.person()] -= 1;
      for (int k = 0; k < people; k++) {
        int start = k * row;
        double pull = cost * p[k];
        for (int d = 0; d < x.length; d++) {
          gradient[start + d] += pull * x[d];
        }
        gradient[start + x.length] += pull;
      }
    }
    for (int i = 0; i < w.length; i++) {
      gradient[i] += w[i];
    }
    return loss + Vectors.dot(w, w) / 2;
  }

  private static double logit(double[] w, int start, float[] x) {
    double sum = w[start + x.length];
    for (int d = 0; d < x.length; d++) {
      sum += w[start + d] * x[d];
    }
    return sum;
  }

  /** The probabilities of logits. */
  public static double[] softmax(double[] logits) {
    double most = Arrays.stream(logits).max().orElseThrow();
    double[] p = new double[logits.length];
    double sum = 0;
    for (int k = 0; k < p.length; k++) {
      p[k] = Math.exp(logits[k] - most);
      sum += p[k];
    }
    for (int k = 0; k < p.length; k++) {
      p[k] /= sum;
    }
    return p;
  }
}
