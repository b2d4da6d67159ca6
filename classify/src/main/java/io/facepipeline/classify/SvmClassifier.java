package io.facepipeline.classify;

import io.facepipeline.classify.file.ClassifierFile;
import io.facepipeline.classify.file.ClassifierState;
import java.nio.file.Path;

/**
 * Support vector machines, one per person against all others: linear by liblinear (L2-regularized
 * squared hinge loss, primal) or with a Gaussian kernel by libsvm (C-SVC). The scores are Platt
 * probabilities; all people share one curve, because one curve per person would be fitted to only a
 * few photos. Immutable, thread-safe.
 */
public final class SvmClassifier extends TrainedClassifier {
  SvmClassifier(ClassifierState state) {
    super(state);
  }

  /** {@return a trainer} */
  public static ClassifierTrainer<SvmClassifier> trainer() {
    return new ClassifierTrainer<>(ClassifierKind.SVM, SvmClassifier::new);
  }

  /** {@return a trainer with the Gaussian kernel; it accepts at most 3,000 embeddings} */
  public static ClassifierTrainer<SvmClassifier> rbfTrainer() {
    return new ClassifierTrainer<>(ClassifierKind.SVM_RBF, SvmClassifier::new);
  }

  /**
   * {@return the classifier from its file}
   *
   * @param file a file that {@link #save} wrote
   * @throws ClassifierFileException if it cannot be read, is damaged, was written by a newer
   *     version or holds a classifier of another kind
   */
  public static SvmClassifier load(Path file) {
    return new SvmClassifier(ClassifierFile.read(file, ClassifierKind.SVM, ClassifierKind.SVM_RBF));
  }
}
