package io.facepipeline.onnx.store;

import java.util.List;

/**
 * A file that somebody has published weights in.
 *
 * @param id the catalogue id of the model it belongs to, such as {@code mobilefacenet-foamliu}
 * @param names the names it may have, the usual one first
 * @param origin where it was published
 * @param licence the licence of the weights
 */
public record PublishedFile(String id, List<String> names, String origin, String licence) {
  /**
   * Creates a description.
   *
   * @throws IllegalArgumentException if there is no name
   */
  public PublishedFile {
    names = List.copyOf(names);
    if (names.isEmpty()) {
      throw new IllegalArgumentException("a published file needs a name");
    }
  }
}
