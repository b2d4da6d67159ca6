package io.facepipeline.classify;

import io.facepipeline.Embedding;
import java.util.List;
import java.util.Map;

/**
 * Faces of one person to be added to a gallery. Immutable.
 *
 * @param label the person's label, not blank
 * @param embeddings at least one embedding
 * @param metadata entries that are put over those the person has; may be empty
 */
public record Enrollment(String label, List<Embedding> embeddings, Map<String, String> metadata) {
  /**
   * Creates an enrolment.
   *
   * @throws IllegalArgumentException if the label is blank or nothing is given
   */
  public Enrollment {
    if (label.isBlank()) {
      throw new IllegalArgumentException("a person needs a label that is not blank");
    }
    if (embeddings.isEmpty()) {
      throw new IllegalArgumentException("enrolling " + label + " needs at least one embedding");
    }
    embeddings = List.copyOf(embeddings);
    metadata = Map.copyOf(metadata);
  }

  /**
   * {@return an enrolment without metadata}
   *
   * @param label the person's label, not blank
   * @param embeddings at least one embedding
   */
  public static Enrollment of(String label, List<Embedding> embeddings) {
    return new Enrollment(label, embeddings, Map.of());
  }
}
