package io.facepipeline;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of analyzing a face. Immutable.
 *
 * @param face the face
 * @param quality how well it can be recognized
 * @param identity the identification; null if the pipeline has no classifier
 * @param attributes the scores of the pipeline's attribute models, in the order they were added
 */
public record AnalyzedFace(
    Face face,
    FaceQuality quality,
    @Nullable Identification identity,
    List<FaceAttribute.Scores> attributes) {
  /** Creates it. */
  public AnalyzedFace {
    attributes = List.copyOf(attributes);
  }

  /**
   * {@return the scores of an attribute, if the pipeline has a model for it}
   *
   * @param name the attribute, such as {@code expression}
   */
  public Optional<FaceAttribute.Scores> attribute(String name) {
    return attributes.stream().filter(a -> a.attribute().equals(name)).findFirst();
  }
}
