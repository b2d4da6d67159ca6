package io.facepipeline;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who a face is: a label or unknown, how sure that is, and which face is meant. Immutable. */
public final class Identification {
  private final @Nullable String label;
  private final float score;
  private final float threshold;
  private final List<Candidate> candidates;
  private final @Nullable Face face;

  /**
   * A person who came into question.
   *
   * @param label the person's label
   * @param score how alike, on the classifier's scale
   */
  public record Candidate(String label, float score) {}

  private Identification(
      @Nullable String label,
      float score,
      float threshold,
      List<Candidate> candidates,
      @Nullable Face face) {
    this.label = label;
    this.score = score;
    this.threshold = threshold;
    this.candidates = List.copyOf(candidates);
    this.face = face;
  }

  /**
   * Decides on the best candidate: known if its score reaches the threshold.
   *
   * @param candidates who comes into question, best first; may be empty
   * @param threshold the least score of a known person
   * @return the identification, without a face
   */
  public static Identification of(List<Candidate> candidates, float threshold) {
    if (candidates.isEmpty()) {
      return new Identification(null, Float.NaN, threshold, candidates, null);
    }
    Candidate best = candidates.get(0);
    boolean known = best.score() >= threshold;
    return new Identification(
        known ? best.label() : null, best.score(), threshold, candidates, null);
  }

  /**
   * {@return the same identification, of a face}
   *
   * @param face the face
   */
  public Identification withFace(Face face) {
    return new Identification(label, score, threshold, candidates, face);
  }

  /** {@return the person's label, or empty for a stranger} */
  public Optional<String> label() {
    return Optional.ofNullable(label);
  }

  /** {@return whether the person is known} */
  public boolean isKnown() {
    return label != null;
  }

  /**
   * {@return the best candidate's score, whether it reached the threshold or not; for a gallery the
   * cosine similarity, -1 to 1; NaN if there was no candidate}
   */
  public float score() {
    return score;
  }

  /** {@return the least score of a known person} */
  public float threshold() {
    return threshold;
  }

  /** {@return who came into question, best first; at most as many as the classifier reports} */
  public List<Candidate> candidates() {
    return candidates;
  }

  /**
   * {@return the face}
   *
   * @throws IllegalStateException if a classifier was asked directly, so that no face is known
   */
  public Face face() {
    if (face == null) {
      throw new IllegalStateException(
          "this identification was made from an embedding alone and has no face");
    }
    return face;
  }

  /** {@return a line such as {@code ada 0.81 at [412,80 96x121]}} */
  @Override
  public String toString() {
    String who = label == null ? "unknown" : label;
    String sure = String.format(Locale.ROOT, "%s %.2f", who, score);
    return face == null ? sure : sure + " at " + face.box();
  }
}
