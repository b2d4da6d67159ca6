package io.facepipeline.classify;

import io.facepipeline.Embedding;
import io.facepipeline.FaceClassifier;
import io.facepipeline.testkit.FaceClassifierContract;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The contract of the stage for every kind of trained classifier. */
abstract class TrainedClassifierTest extends FaceClassifierContract {
  private final ClassifierKind kind;

  TrainedClassifierTest(ClassifierKind kind) {
    this.kind = kind;
  }

  static final class LinearSvmTest extends TrainedClassifierTest {
    LinearSvmTest() {
      super(ClassifierKind.SVM);
    }
  }

  static final class RbfSvmTest extends TrainedClassifierTest {
    RbfSvmTest() {
      super(ClassifierKind.SVM_RBF);
    }
  }

  static final class KNearestNeighborsTest extends TrainedClassifierTest {
    KNearestNeighborsTest() {
      super(ClassifierKind.KNN);
    }
  }

  static final class NearestCentroidTest extends TrainedClassifierTest {
    NearestCentroidTest() {
      super(ClassifierKind.CENTROID);
    }
  }

  static final class LogisticRegressionTest extends TrainedClassifierTest {
    LogisticRegressionTest() {
      super(ClassifierKind.LOGISTIC);
    }
  }

  @Override
  protected FaceClassifier classifier(Map<String, List<Embedding>> people) {
    return kind.trainer().fromEmbeddings(people).classifier();
  }

  @Override
  protected Optional<Class<? extends RuntimeException>> refusalOfTooFewPeople() {
    return Optional.of(TrainingException.class);
  }

  @Override
  protected Optional<FaceClassifier> savedAndLoaded(FaceClassifier classifier, Path file) {
    ((TrainedClassifier) classifier).save(file);
    return Optional.of(TrainedClassifier.load(file));
  }
}
