package io.facepipeline.gallery;

import java.util.Map;

/**
 * A person of a gallery. Immutable.
 *
 * @param label the person's label
 * @param metadata what was noted about the person; may be empty
 * @param faces how many faces of the person are enrolled, at least 1
 */
public record GalleryPerson(String label, Map<String, String> metadata, int faces) {
  /** Creates a person. */
  public GalleryPerson {
    metadata = Map.copyOf(metadata);
  }
}
