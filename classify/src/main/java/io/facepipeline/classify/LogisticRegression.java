package io.facepipeline.classify;

import io.facepipeline.Embedding;
import io.facepipeline.classify.file.ClassifierFile;
import io.facepipeline.classify.file.ClassifierState;
import io.facepipeline.classify.training.LogisticObjective;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Multinomial logistic regression with an L2 penalty, fitted by L-BFGS. Strangers are rejected by
 * the largest logit, because the softmax loses its magnitude (Hendrycks et al., "Scaling
 * out-of-distribution detection for real-world settings", 2022). Immutable, thread-safe.
 */
public final class LogisticRegression extends TrainedClassifier {
  LogisticRegression(ClassifierState state) {
    super(state);
  }

  /** {@return a trainer} */
  public static ClassifierTrainer<LogisticRegression> trainer() {
    return new ClassifierTrainer<>(ClassifierKind.LOGISTIC, LogisticRegression::new);
  }

  /**
   * {@return the probability of each person, given that the face is one of theirs; the sum is 1
   * even for strangers}
   *
   * @param probe the embedding
   * @throws IllegalArgumentException if the embedding comes from another model
   */
  public Map<String, Double> posterior(Embedding probe) {
    double[] p = LogisticObjective.softmax(state().scorer().scores(vector(probe)));
    Map<String, Double> posterior = new LinkedHashMap<>();
    for (int person = 0; person < p.length; person++) {
      posterior.put(labels().get(person), p[person]);
    }
    return posterior;
  }

  /**
   * {@return the classifier from its file}
   *
   * @param file a file that {@link #save} wrote
   * @throws ClassifierFileException if it cannot be read, is damaged, was written by a newer
   *     version or holds a classifier of another kind
   */
  public static LogisticRegression load(Path file) {
    return new LogisticRegression(ClassifierFile.read(file, ClassifierKind.LOGISTIC));
  }
}
