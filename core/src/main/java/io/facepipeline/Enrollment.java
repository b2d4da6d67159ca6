package io.facepipeline;

import io.facepipeline.internal.Labels;
import io.facepipeline.internal.MetadataText;
import java.util.List;
import java.util.Map;

/**
 * Faces of one person to add to a {@link FaceGallery}. Immutable.
 *
 * @param label the person's label, in the form of {@link Labels#accept}
 * @param embeddings at least one embedding
 * @param metadata entries that are added to the person's, replacing those with the same key; valid
 *     Unicode without NUL; may be empty
 */
public record Enrollment(String label, List<Embedding> embeddings, Map<String, String> metadata) {
  /**
   * Creates an enrollment.
   *
   * @throws IllegalArgumentException if the label is not valid ({@link Labels}), there is no
   *     embedding, or metadata is not valid Unicode
   */
  public Enrollment {
    label = Labels.accept(label);
    if (embeddings.isEmpty()) {
      throw new IllegalArgumentException("enrolling " + label + " needs at least one embedding");
    }
    embeddings = List.copyOf(embeddings);
    metadata = MetadataText.accept(metadata);
  }

  /**
   * {@return an enrollment without metadata}
   *
   * @param label the person's label
   * @param embeddings at least one embedding
   */
  public static Enrollment of(String label, List<Embedding> embeddings) {
    return new Enrollment(label, embeddings, Map.of());
  }
}
