package io.facepipeline;

import java.beans.Transient;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who a face is: the face, and what the classifier says of it, its {@linkplain #match match}.
 * Immutable.
 *
 * @param label the person's label; null for a stranger
 * @param score the best candidate's score, whether it reached the threshold or not; for a gallery
 *     the cosine similarity, -1 to 1; null if there was no candidate
 * @param threshold the least score of a known person
 * @param candidates who came into question, best first; at most as many as the classifier reports
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
   * @param match what a classifier says of its embedding
   */
  public static Identification of(Face face, Match match) {
    return new Identification(
        match.label(), match.score(), match.threshold(), match.candidates(), face);
  }

  /** {@return what the classifier said} */
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
