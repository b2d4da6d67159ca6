package io.facepipeline;

import java.beans.Transient;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who a face is: a label or unknown, how sure that is, and which face is meant. Immutable.
 *
 * @param label the person's label; null for a stranger
 * @param score the best candidate's score, whether it reached the threshold or not; for a gallery
 *     the cosine similarity, -1 to 1; null if there was no candidate
 * @param threshold the least score of a known person
 * @param candidates who came into question, best first; at most as many as the classifier reports
 * @param face the face; null if a classifier was asked directly, which knows the embedding alone
 */
public record Identification(
    @Nullable String label,
    @Nullable Float score,
    float threshold,
    List<Candidate> candidates,
    @Nullable Face face) {
  /** Creates an identification. */
  public Identification {
    candidates = List.copyOf(candidates);
  }

  /**
   * A person who came into question.
   *
   * @param label the person's label
   * @param score how alike, on the classifier's scale
   */
  public record Candidate(String label, float score) {}

  /**
   * Decides on the best candidate: known if its score reaches the threshold.
   *
   * @param candidates who comes into question, best first; may be empty
   * @param threshold the least score of a known person
   * @return the identification, without a face
   */
  public static Identification of(List<Candidate> candidates, float threshold) {
    if (candidates.isEmpty()) {
      return new Identification(null, null, threshold, candidates, null);
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

  /** {@return whether the person is known} */
  @Transient // told by the other values, so no part of JSON
  public boolean isKnown() {
    return label != null;
  }

  /** {@return a line such as {@code ada 0.81 at [412,80 96x121]}} */
  @Override
  public String toString() {
    String who = label == null ? "unknown" : label;
    String sure = score == null ? who : String.format(Locale.ROOT, "%s %.2f", who, score);
    return face == null ? sure : sure + " at " + face.box();
  }
}
