package io.facepipeline.classify.training;

import io.facepipeline.classify.ClassifierException;
import io.facepipeline.classify.ClassifierKind;
import io.facepipeline.classify.file.Scorer;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Makes a scorer of one kind. Stateless. */
public interface Learner {
  /** The learner of a kind of classifiers. */
  static Learner of(ClassifierKind kind) {
    return switch (kind) {
      case SVM -> new LinearSvmLearner();
      case SVM_RBF -> new RbfSvmLearner();
      case KNN -> new NeighborLearner();
      case CENTROID -> new CentroidLearner();
      case LOGISTIC -> new LogisticLearner();
    };
  }

  /**
   * The hyper-parameters to try, the ones that bend least first: they win where several are equally
   * good.
   *
   * @param mostPhotos how many photos the person with most has
   */
  List<SortedMap<String, Double>> candidates(int mostPhotos);

  /**
   * Learns.
   *
   * @param samples vectors of people 0 to {@code people - 1}, at least one of each
   */
  Scorer learn(List<Sample> samples, int people, SortedMap<String, Double> hyperparameters);

  /**
   * Refuses more vectors than it can take.
   *
   * @throws ClassifierException if they are too many
   */
  default void requireRoom(int samples) {}

  /** How many samples each person has. */
  static int[] counts(List<Sample> samples, int people) {
    int[] counts = new int[people];
    samples.forEach(s -> counts[s.person()]++);
    return counts;
  }

  static SortedMap<String, Double> of(String name, double value) {
    return new TreeMap<>(Collections.singletonMap(name, value));
  }

  static SortedMap<String, Double> of(String name, double value, String other, double second) {
    SortedMap<String, Double> map = of(name, value);
    map.put(other, second);
    return map;
  }
}
