package io.facepipeline.classify;

import io.facepipeline.Embedding;
import io.facepipeline.FaceClassifier;
import io.facepipeline.Match;
import io.facepipeline.Match.Candidate;
import io.facepipeline.ModelCard;
import io.facepipeline.classify.file.ClassifierFile;
import io.facepipeline.classify.file.ClassifierState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A classifier that was trained on photos of people and rejects strangers. Its scores are
 * probabilities, 0 to 1, that a face shows the named person rather than a stranger, if both were
 * equally frequent: the raw score mapped by a logistic curve that was fitted to photos not trained
 * on. Immutable, thread-safe.
 *
 * <p>A classifier is saved to one file, which records its embedder and is checked when it is read.
 */
public abstract sealed class TrainedClassifier implements FaceClassifier
    permits SvmClassifier, KNearestNeighbors, NearestCentroid, LogisticRegression {
  private static final int CANDIDATES = 5;

  private final ClassifierState state;

  TrainedClassifier(ClassifierState state) {
    this.state = state;
  }

  /**
   * {@return a classifier of any kind from its file}
   *
   * @param file a file that {@link #save} wrote
   * @throws ClassifierFileException if it cannot be read, is damaged, or was written by a newer
   *     version
   */
  public static TrainedClassifier load(Path file) {
    return of(ClassifierFile.read(file));
  }

  static TrainedClassifier of(ClassifierState state) {
    return switch (state.kind()) {
      case SVM, SVM_RBF -> new SvmClassifier(state);
      case KNN -> new KNearestNeighbors(state);
      case CENTROID -> new NearestCentroid(state);
      case LOGISTIC -> new LogisticRegression(state);
    };
  }

  /**
   * Writes the classifier to a file atomically; an existing file is replaced.
   *
   * @param file the file to write
   * @throws ClassifierFileException if writing fails
   */
  public final void save(Path file) {
    ClassifierFile.write(file, state);
  }

  @Override
  public final Match classify(Embedding probe) {
    double[] scores = state.scorer().scores(vector(probe));
    List<Integer> people = new ArrayList<>();
    for (int person = 0; person < scores.length; person++) {
      people.add(person);
    }
    people.sort(Comparator.comparing((Integer person) -> -scores[person]));
    List<Candidate> candidates =
        people.stream()
            .limit(CANDIDATES)
            .map(p -> new Candidate(state.labels().get(p), state.rejection().score(scores[p])))
            .toList();
    return Match.of(candidates, threshold());
  }

  final float[] vector(Embedding probe) {
    if (!ModelCard.sameEmbedding(probe.fingerprint(), fingerprint())
        || probe.size() != state.scorer().dimensions()) {
      throw new IllegalArgumentException(
          "this classifier was trained on "
              + state.scorer().dimensions()
              + " dimensions of "
              + fingerprint()
              + ", but the embedding has "
              + probe
              + "; embed the face with that model, preprocessing and mirroring, or train the"
              + " classifier again");
    }
    return probe.toArray();
  }

  final ClassifierState state() {
    return state;
  }

  @Override
  public final String fingerprint() {
    return state.embedder();
  }

  /** {@return its kind} */
  public final ClassifierKind kind() {
    return state.kind();
  }

  /** {@return the people it knows} */
  public final List<String> labels() {
    return state.labels();
  }

  /**
   * {@return the lowest score of a known person, a probability; 0 if strangers are not rejected}
   */
  public final float threshold() {
    return state.rejection().threshold();
  }

  /** {@return how it was trained} */
  public final TrainingSummary summary() {
    return state.summary();
  }

  @Override
  public final boolean equals(Object o) {
    return o instanceof TrainedClassifier c && state.equals(c.state);
  }

  @Override
  public final int hashCode() {
    return state.hashCode();
  }

  @Override
  public final String toString() {
    return kind() + " of " + labels().size() + " people by " + fingerprint();
  }
}
