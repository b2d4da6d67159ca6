package io.facepipeline.classify;

import java.util.Arrays;
import java.util.List;

/** The kinds of trained classifiers, and their names in files and on the command line. */
public enum ClassifierKind {
  /**
   * Support vector machines, one per person against all others, with a linear kernel (liblinear;
   * L2-regularized squared hinge loss, primal). All people share one curve of Platt probabilities,
   * because one curve per person would be fitted to only a few photos.
   */
  SVM("svm"),
  /** The same with a Gaussian kernel (libsvm; C-SVC); training accepts at most 3,000 embeddings. */
  SVM_RBF("svm-rbf"),
  /**
   * The k nearest neighbors within each person: the mean cosine of the person's k photos most
   * similar to the probe, or of all their photos if there are fewer. Unlike a vote among the k
   * nearest photos of all people, it does not favor people with many photos, and it scores
   * everyone. With k = 1 it is the plain nearest neighbor.
   */
  KNN("knn"),
  /** The nearest centroid: the cosine with the mean direction of each person's photos. */
  CENTROID("centroid"),
  /**
   * Multinomial logistic regression with an L2 penalty, fitted by L-BFGS. Strangers are rejected by
   * the largest logit, because the softmax loses its magnitude (Hendrycks et al., "Scaling
   * out-of-distribution detection for real-world settings", 2022).
   */
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
  public ClassifierTrainer trainer() {
    return new ClassifierTrainer(this);
  }

  @Override
  public String toString() {
    return id;
  }
}
