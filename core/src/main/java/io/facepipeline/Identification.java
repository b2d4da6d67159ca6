package io.facepipeline;

import java.beans.Transient;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A face and its {@linkplain #match match}. Immutable.
 *
 * @param label the person's label; null for a stranger
 * @param score the best candidate's score, whether or not it reached the threshold; for a gallery
 *     the cosine similarity, -1 to 1; null if there was no candidate
 * @param threshold the lowest score of a known person
 * @param candidates the candidates, best first, as many as the classifier reports
 * @param face the face
 */
public record Identification(
    @Nullable String label,
    @Nullable Float score,
    float threshold,
    List<Match.Candidate> candidates,
    Face face) {
  /** Creates an identification. */
  public Identification {
    candidates = List.copyOf(candidates);
  }

  /**
   * {@return the identification of a face}
   *
   * @param face the face
   * @param match the classifier's result for its embedding
   */
  public static Identification of(Face face, Match match) {
    return new Identification(
        match.label(), match.score(), match.threshold(), match.candidates(), face);
  }

  /** {@return the classifier's result} */
  public Match match() {
    return new Match(label, score, threshold, candidates);
  }

  /** {@return whether the person is known} */
  @Transient // told by the other values, so no part of JSON
  public boolean isKnown() {
    return label != null;
  }

  /** {@return a line such as {@code ada 0.81 at [412,80 96x121]}} */
  @Override
  public String toString() {
    return match() + " at " + face.box();
  }
}
