package io.facepipeline.gallery;

import io.facepipeline.Embedding;
import io.facepipeline.Labels;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Faces of one person to add to a gallery. Immutable.
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
    metadata = requireText(metadata);
  }

  /** Metadata that every form of a gallery can hold. */
  static Map<String, String> requireText(Map<String, String> metadata) {
    metadata.forEach(
        (key, value) -> {
          for (String text : List.of(key, value)) {
            if (text.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
              throw new IllegalArgumentException(
                  "metadata must be valid Unicode without NUL, got the entry \"" + key + "\"");
            }
          }
        });
    return Map.copyOf(metadata);
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
