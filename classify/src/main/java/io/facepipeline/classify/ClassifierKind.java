package io.facepipeline.classify;

import java.util.Arrays;
import java.util.List;

/** The kinds of trained classifiers, and their names in files and on the command line. */
public enum ClassifierKind {
  /** Support vector machines with a linear kernel. */
  SVM("svm"),
  /** Support vector machines with a Gaussian kernel. */
  SVM_RBF("svm-rbf"),
  /** The nearest photos of each person. */
  KNN("knn"),
  /** The mean of each person's photos. */
  CENTROID("centroid"),
  /** Multinomial logistic regression. */
  LOGISTIC("logistic");

  private final String id;

  ClassifierKind(String id) {
    this.id = id;
  }

  /** {@return the name} */
  public String id() {
    return id;
  }

  /**
   * {@return the kind with a name}
   *
   * @param id the name, such as {@code svm-rbf}
   * @throws IllegalArgumentException if no kind has this name
   */
  public static ClassifierKind named(String id) {
    return Arrays.stream(values())
        .filter(kind -> kind.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no classifier is called " + id + "; there are " + ids()));
  }

  /** {@return the names of all kinds} */
  public static List<String> ids() {
    return Arrays.stream(values()).map(ClassifierKind::id).toList();
  }

  /** {@return a trainer of this kind} */
  public ClassifierTrainer<? extends TrainedClassifier> trainer() {
    return switch (this) {
      case SVM -> SvmClassifier.trainer();
      case SVM_RBF -> SvmClassifier.rbfTrainer();
      case KNN -> KNearestNeighbors.trainer();
      case CENTROID -> NearestCentroid.trainer();
      case LOGISTIC -> LogisticRegression.trainer();
    };
  }

  @Override
  public String toString() {
    return id;
  }
}
