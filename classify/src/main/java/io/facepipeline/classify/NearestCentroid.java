package io.facepipeline.classify;

import io.facepipeline.classify.file.ClassifierFile;
import io.facepipeline.classify.file.ClassifierState;
import java.nio.file.Path;

/**
 * The nearest centroid: the cosine with the mean direction of each person's photos. Immutable,
 * thread-safe.
 */
public final class NearestCentroid extends TrainedClassifier {
  NearestCentroid(ClassifierState state) {
    super(state);
  }

  /** {@return a trainer} */
  public static ClassifierTrainer<NearestCentroid> trainer() {
    return new ClassifierTrainer<>(ClassifierKind.CENTROID, NearestCentroid::new);
  }

  /**
   * {@return the classifier from its file}
   *
   * @param file a file that {@link #save} wrote
   * @throws ClassifierFileException if it cannot be read, is damaged, was written by a newer
   *     version or holds a classifier of another kind
   */
  public static NearestCentroid load(Path file) {
    return new NearestCentroid(ClassifierFile.read(file, ClassifierKind.CENTROID));
  }
}
