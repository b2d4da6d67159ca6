package io.facepipeline.onnx.store;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file that somebody has published weights in. Immutable.
 *
 * @param id the catalogue id of the model it belongs to, such as {@code mobilefacenet-foamliu}
 * @param versions the forms it may have, any of which will do, the usual one first
 * @param origin where it was published, for people
 * @param licence the licence of the weights
 * @param download where the usual form can be fetched from without a browser; null where it cannot
 */
public record PublishedFile(
    String id, List<FileVersion> versions, String origin, Licence licence, @Nullable URI download) {
  /**
   * Creates a description.
   *
   * @throws IllegalArgumentException if there is no version, or the id could not name a folder
   */
  public PublishedFile {
    versions = List.copyOf(versions);
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("a published file needs a name");
    }
    FileVersion.requireName("id", id);
  }

  /** {@return the names it may have, the usual one first} */
  public List<String> names() {
    return versions.stream().map(FileVersion::name).toList();
  }

  /** {@return its usual form, which is the one that is downloaded} */
  public FileVersion usual() {
    return versions.get(0);
  }

  /** {@return where the usual form can be fetched from without a browser, if it can} */
  public Optional<URI> downloadable() {
    return Optional.ofNullable(download);
  }
}
