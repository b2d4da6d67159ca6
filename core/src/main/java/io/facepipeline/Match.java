package io.facepipeline;

import java.beans.Transient;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link FaceClassifier} says of an embedding: a label or unknown, and how sure that is.
 * Immutable.
 *
 * @param label the person's label; null for a stranger
 * @param score the best candidate's score, whether it reached the threshold or not; for a gallery
 *     the cosine similarity, -1 to 1; null if there was no candidate
 * @param threshold the least score of a known person
 * @param candidates who came into question, best first; at most as many as the classifier reports
 */
public record Match(
    @Nullable String label, @Nullable Float score, float threshold, List<Candidate> candidates) {
  /** Creates a match. */
  public Match {
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
   * @return the match
   */
  public static Match of(List<Candidate> candidates, float threshold) {
    if (candidates.isEmpty()) {
      return new Match(null, null, threshold, candidates);
    }
    Candidate best = candidates.get(0);
    boolean known = best.score() >= threshold;
    return new Match(known ? best.label() : null, best.score(), threshold, candidates);
  }

  /** {@return whether the person is known} */
  @Transient // told by the other values, so no part of JSON
  public boolean isKnown() {
    return label != null;
  }

  /** {@return a line such as {@code ada 0.81}, or {@code unknown}} */
  @Override
  public String toString() {
    String who = label == null ? "unknown" : label;
    return score == null ? who : String.format(Locale.ROOT, "%s %.2f", who, score);
  }
}
