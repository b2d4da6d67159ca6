package io.facepipeline.gallery.memory;

import io.facepipeline.gallery.GalleryPerson;
import java.util.Map;

/**
 * A person and where their rows begin and end.
 *
 * @param faces how many rows there are
 * @param first the first row in the order of enrollment, or -1 while there is none
 * @param last the last one, or -1
 */
public record Person(String label, Map<String, String> metadata, int faces, int first, int last) {
  /** What is shown of the person to others. */
  public GalleryPerson view() {
    return new GalleryPerson(label, metadata, faces);
  }
}
