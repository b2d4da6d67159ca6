package io.facepipeline.classify;

import io.facepipeline.Embedding;
import io.facepipeline.FaceClassifier;
import io.facepipeline.Match;
import io.facepipeline.Match.Candidate;
import io.facepipeline.ModelCard;
import io.facepipeline.classify.file.ClassifierFile;
import io.facepipeline.classify.file.ClassifierState;
import io.facepipeline.classify.training.LogisticObjective;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A classifier of any {@link ClassifierKind} that was trained on photos of people and rejects
 * strangers. Its scores are probabilities, 0 to 1, that a face shows the named person rather than a
 * stranger, if both were equally frequent: the raw score mapped by a logistic curve that was fitted
 * to photos not trained on. Immutable, thread-safe.
 *
 * <p>A classifier is saved to one file, which records its embedder and is checked when it is read.
 */
public final class TrainedClassifier implements FaceClassifier {
  private static final int CANDIDATES = 5;

  private final ClassifierState state;

  TrainedClassifier(ClassifierState state) {
    this.state = state;
  }

  /**
   * {@return a classifier of any kind from its file}
   *
   * @param file a file that {@link #save} wrote
   * @throws ClassifierException if it cannot be read, is damaged, or was written by a newer version
   */
  public static TrainedClassifier load(Path file) {
    return new TrainedClassifier(ClassifierFile.read(file));
  }

  /**
   * Writes the classifier to a file atomically; an existing file is replaced.
   *
   * @param file the file to write
   * @throws ClassifierException if writing fails
   */
  public void save(Path file) {
    ClassifierFile.write(file, state);
  }

  @Override
  public Match classify(Embedding probe) {
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

  private float[] vector(Embedding probe) {
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

  ClassifierState state() {
    return state;
  }

  @Override
  public String fingerprint() {
    return state.embedder();
  }

  /** {@return its kind} */
  public ClassifierKind kind() {
    return state.kind();
  }

  /** {@return the people it knows} */
  public List<String> labels() {
    return state.labels();
  }

  /**
   * {@return the lowest score of a known person, a probability; 0 if strangers are not rejected}
   */
  public float threshold() {
    return state.rejection().threshold();
  }

  /**
   * {@return the probability of each person, given that the face is one of theirs; the sum is 1
   * even for strangers; for logistic regression}
   *
   * @param probe the embedding
   * @throws IllegalArgumentException if the embedding comes from another model
   * @throws IllegalStateException if the classifier is of another kind
   */
  public Map<String, Double> posterior(Embedding probe) {
    if (kind() != ClassifierKind.LOGISTIC) {
      throw new IllegalStateException(
          "a classifier of the kind "
              + kind()
              + " has no posterior; train one of the kind "
              + ClassifierKind.LOGISTIC);
    }
    double[] p = LogisticObjective.softmax(state.scorer().scores(vector(probe)));
    Map<String, Double> posterior = new LinkedHashMap<>();
    for (int person = 0; person < p.length; person++) {
      posterior.put(labels().get(person), p[person]);
    }
    return posterior;
  }

  /** {@return how it was trained} */
  public TrainingReport.Summary summary() {
    return state.summary();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof TrainedClassifier c && state.equals(c.state);
  }

  @Override
  public int hashCode() {
    return state.hashCode();
  }

  @Override
  public String toString() {
    return kind() + " of " + labels().size() + " people by " + fingerprint();
  }
}
