package io.facepipeline.classify;

import io.facepipeline.Embedding;
import io.facepipeline.FaceClassifier;
import io.facepipeline.testkit.FaceClassifierContract;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;

/** The contract of the stage for every kind of trained classifier. */
final class TrainedClassifierTest {
  abstract static class Contract extends FaceClassifierContract {
    private final ClassifierKind kind;

    Contract(ClassifierKind kind) {
      this.kind = kind;
    }

    @Override
    protected FaceClassifier classifier(Map<String, List<Embedding>> people) {
      return kind.trainer().fromEmbeddings(people).classifier();
    }

    @Override
    protected Optional<Class<? extends RuntimeException>> refusalOfTooFewPeople() {
      return Optional.of(ClassifierException.class);
    }

    @Override
    protected Optional<FaceClassifier> savedAndLoaded(FaceClassifier classifier, Path file) {
      ((TrainedClassifier) classifier).save(file);
      return Optional.of(TrainedClassifier.load(file));
    }
  }

  @Nested
  final class LinearSvm extends Contract {
    LinearSvm() {
      super(ClassifierKind.SVM);
    }
  }

  @Nested
  final class RbfSvm extends Contract {
    RbfSvm() {
      super(ClassifierKind.SVM_RBF);
    }
  }

  @Nested
  final class Neighbors extends Contract {
    Neighbors() {
      super(ClassifierKind.KNN);
    }
  }

  @Nested
  final class Centroid extends Contract {
    Centroid() {
      super(ClassifierKind.CENTROID);
    }
  }

  @Nested
  final class Logistic extends Contract {
    Logistic() {
      super(ClassifierKind.LOGISTIC);
    }
  }
}
