package io.facepipeline;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that a pipeline tells about a face. Immutable.
 *
 * @param face the face
 * @param quality how well it can be recognised
 * @param identity whose it is; null if the pipeline has no classifier
 * @param attributes what the pipeline's attribute models say, in the order they were added
 */
public record AnalyzedFace(
    Face face,
    FaceQuality quality,
    @Nullable Identification identity,
    List<AttributeScores> attributes) {
  /** Creates it. */
  public AnalyzedFace {
    attributes = List.copyOf(attributes);
  }

  /**
   * {@return what was said about an attribute, if a model was asked}
   *
   * @param name the attribute, such as {@code expression}
   */
  public Optional<AttributeScores> attribute(String name) {
    return attributes.stream().filter(a -> a.attribute().equals(name)).findFirst();
  }
}
