package io.facepipeline;

import java.beans.Transient;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A face and its {@linkplain #match match}. Immutable.
 *
 * @param label the person's label; null for a stranger and for a {@code spoof}
 * @param score the best candidate's score, whether or not it reached the threshold; for a gallery
 *     the cosine similarity, -1 to 1; null if there was no candidate
 * @param threshold the lowest score of a known person
 * @param candidates the candidates, best first, as many as the classifier reports
 * @param face the face
 * @param liveness the probability that the face is live, 0 to 1; null if the pipeline does not
 *     {@linkplain FacePipelineBuilder#requireLive require live faces}
 * @param spoof whether the face was refused because of that; it then has no label, no score and no
 *     candidates
 */
public record Identification(
    @Nullable String label,
    @Nullable Float score,
    float threshold,
    List<Match.Candidate> candidates,
    Face face,
    @Nullable Float liveness,
    boolean spoof) {
  /** Creates an identification. */
  public Identification {
    candidates = List.copyOf(candidates);
    if (spoof && (label != null || liveness == null)) {
      throw new IllegalArgumentException(
          "a face refused as a spoof has a liveness and no label, got "
              + liveness
              + " and "
              + label);
    }
  }

  /**
   * {@return the identification of a face whose liveness nobody judged}
   *
   * @param face the face
   * @param match the classifier's result for its embedding
   */
  public static Identification of(Face face, Match match) {
    return new Identification(
        match.label(), match.score(), match.threshold(), match.candidates(), face, null, false);
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

  /**
   * {@return a line such as {@code ada 0.81 at [412,80 96x121]}, or {@code spoof, live 0.03 at …}}
   */
  @Override
  public String toString() {
    String who =
        spoof ? String.format(Locale.ROOT, "spoof, live %.2f", liveness) : match().toString();
    return who + " at " + face.box();
  }
}
