package io.facepipeline.gallery;

import java.util.Map;

/**
 * A person of a gallery. Immutable.
 *
 * @param label the person's label
 * @param metadata the person's metadata; may be empty
 * @param faces the number of the person's faces, at least 1
 */
public record GalleryPerson(String label, Map<String, String> metadata, int faces) {
  /** Creates a person. */
  public GalleryPerson {
    metadata = Map.copyOf(metadata);
  }
}
