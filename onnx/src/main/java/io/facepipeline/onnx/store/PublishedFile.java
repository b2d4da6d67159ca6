package io.facepipeline.onnx.store;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file that somebody has published weights in. Immutable.
 *
 * @param id the catalog id of the model it belongs to, such as {@code mobilefacenet-foamliu}
 * @param versions the forms it may have, any of which will do, the usual one first
 * @param origin where it was published, for people
 * @param license the license of the weights
 * @param download the address of the usual version; null if only a browser can fetch it
 */
public record PublishedFile(
    String id, List<FileVersion> versions, String origin, License license, @Nullable URI download) {
  /**
   * Creates a description.
   *
   * @throws IllegalArgumentException if there is no version, the id could not name a folder, or the
   *     address is not http or https
   */
  public PublishedFile {
    versions = List.copyOf(versions);
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("a published file needs a name");
    }
    FileVersion.requireName("id", id);
    if (download != null && (!isOfTheWeb(download.getScheme()) || download.getHost() == null)) {
      throw new IllegalArgumentException(
          "the address of "
              + id
              + " is "
              + download
              + ", which is not an http or https address with a host; name a local file by its path"
              + " instead");
    }
  }

  private static boolean isOfTheWeb(@Nullable String scheme) {
    return "https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme);
  }

  /** {@return its possible names, the usual one first} */
  public List<String> names() {
    return versions.stream().map(FileVersion::name).toList();
  }

  /** {@return its usual version, which is downloaded} */
  public FileVersion usual() {
    return versions.get(0);
  }

  /**
   * {@return whether a hash is that of one of the versions; false if no hash is published}
   *
   * @param hash a file's SHA-256 in lower-case hexadecimal
   */
  public boolean isPublishedAs(String hash) {
    return versions.stream().anyMatch(v -> !v.sha256().isEmpty() && hash.startsWith(v.sha256()));
  }

  /** {@return the address of the usual version, if it can be downloaded without a browser} */
  public Optional<URI> downloadable() {
    return Optional.ofNullable(download);
  }
}
