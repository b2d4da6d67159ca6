package io.facepipeline;

import java.beans.Transient;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The result of a {@link FaceClassifier} for an embedding: a label or unknown, with its score.
 * Immutable.
 *
 * @param label the person's label; null for a stranger
 * @param score the best candidate's score, whether or not it reached the threshold; for a gallery
 *     the cosine similarity, -1 to 1; null if there was no candidate
 * @param threshold the lowest score of a known person
 * @param candidates the candidates, best first, as many as the classifier reports
 */
public record Match(
    @Nullable String label, @Nullable Float score, float threshold, List<Candidate> candidates) {
  /** Creates a match. */
  public Match {
    candidates = List.copyOf(candidates);
  }

  /**
   * A candidate.
   *
   * @param label the person's label
   * @param score the score, on the classifier's scale
   */
  public record Candidate(String label, float score) {}

  /**
   * Decides on the best candidate: known if its score reaches the threshold.
   *
   * @param candidates the candidates, best first; may be empty
   * @param threshold the lowest score of a known person
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
