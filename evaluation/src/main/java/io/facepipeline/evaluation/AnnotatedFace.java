package io.facepipeline.evaluation;

import io.facepipeline.Landmarks;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A face that a person annotated in a photo. Immutable.
 *
 * @param region where it is
 * @param marked its landmarks; null if they were not annotated
 */
public record AnnotatedFace(FaceRegion region, @Nullable Landmarks marked) {
  /**
   * {@return a face without landmarks}
   *
   * @param region where it is
   */
  public static AnnotatedFace of(FaceRegion region) {
    return new AnnotatedFace(region, null);
  }

  /** {@return the landmarks, if they were annotated} */
  public Optional<Landmarks> landmarks() {
    return Optional.ofNullable(marked);
  }
}
