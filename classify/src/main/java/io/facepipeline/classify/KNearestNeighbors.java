package io.facepipeline.classify;

import io.facepipeline.classify.file.ClassifierFile;
import io.facepipeline.classify.file.ClassifierState;
import java.nio.file.Path;

/**
 * The k nearest neighbors within each person: the mean cosine of the person's k photos most similar
 * to the probe, or of all their photos if there are fewer. Unlike a vote among the k nearest photos
 * of all people, it does not favor people with many photos, and it scores everyone. With k = 1 it
 * is the plain nearest neighbor. Immutable, thread-safe.
 */
public final class KNearestNeighbors extends TrainedClassifier {
  KNearestNeighbors(ClassifierState state) {
    super(state);
  }

  /** {@return a trainer} */
  public static ClassifierTrainer<KNearestNeighbors> trainer() {
    return new ClassifierTrainer<>(ClassifierKind.KNN, KNearestNeighbors::new);
  }

  /**
   * {@return the classifier from its file}
   *
   * @param file a file that {@link #save} wrote
   * @throws ClassifierFileException if it cannot be read, is damaged, was written by a newer
   *     version or holds a classifier of another kind
   */
  public static KNearestNeighbors load(Path file) {
    return new KNearestNeighbors(ClassifierFile.read(file, ClassifierKind.KNN));
  }
}
