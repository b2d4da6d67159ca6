package io.facepipeline;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether two photos show the same person.
 *
 * @param same whether the similarity reaches the threshold
 * @param similarity the cosine similarity, -1 to 1
 * @param threshold the lowest similarity of the same person
 * @param farAtThreshold how often two different people reach the threshold, 0 to 1; null if not
 *     measured
 * @param first the face in the first photo
 * @param second the face in the second photo
 * @param firstLiveness the probability that the first face is live, 0 to 1; null if the pipeline
 *     does not {@linkplain FacePipelineBuilder#requireLive require live faces}
 * @param secondLiveness the same of the second face
 */
public record Verification(
    boolean same,
    float similarity,
    float threshold,
    @Nullable Double farAtThreshold,
    Face first,
    Face second,
    @Nullable Float firstLiveness,
    @Nullable Float secondLiveness) {
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: similarity %.3f, threshold %.3f, faces at %s and %s",
        same ? "same person" : "different people",
        similarity,
        threshold,
        first.box(),
        second.box());
  }
}
