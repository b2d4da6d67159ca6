package io.facepipeline.classify.file;

import io.facepipeline.classify.ClassifierKind;

/** How alike a vector is to each person, on a scale of its own. Immutable, thread-safe. */
public sealed interface Scorer permits LinearScorer, RbfScorer, NeighborScorer {
  /** A score per person; larger is more alike. */
  double[] scores(float[] probe);

  int people();

  int dimensions();

  void write(FileOutput out);

  static Scorer read(ClassifierKind kind, FileInput in, int people) {
    return switch (kind) {
      case SVM, CENTROID, LOGISTIC -> LinearScorer.read(in, people);
      case SVM_RBF -> RbfScorer.read(in, people);
      case KNN -> NeighborScorer.read(in, people);
    };
  }
}
