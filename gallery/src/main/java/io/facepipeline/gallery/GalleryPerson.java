package io.facepipeline.gallery;

import io.facepipeline.Embedding;
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

  /**
   * A face of a gallery. Immutable.
   *
   * @param id the face's number, for removing it; never reused within a gallery
   * @param label the person's label
   * @param embedding the face's embedding
   */
  public record EnrolledFace(long id, String label, Embedding embedding) {}
}
