package io.facepipeline.onnx.store;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** Serves files in place of the servers that they were published on. Immutable. */
final class Mirror {
  private static final String HOST = "{host}";

  private final String base;

  private Mirror(String base) {
    this.base = base;
  }

  static Mirror of(String address) {
    return new Mirror(requireAddress("mirror", address));
  }

  /** Checks an address that paths are put behind, and leaves out slashes at its end. */
  static String requireAddress(String what, String address) {
    String base = address.strip().replaceAll("/+$", "");
    try {
      URI uri = new URI(base.replace(HOST, "host.example"));
      boolean web =
          "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
      boolean bare = uri.getRawQuery() == null && uri.getRawFragment() == null;
      if (web && bare && uri.getHost() != null) {
        return base;
      }
    } catch (URISyntaxException e) {
      throw refused(what, address, e);
    }
    throw refused(what, address, null);
  }

  private static IllegalArgumentException refused(
      String what, String address, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "the "
            + what
            + " \""
            + address
            + "\" is not an http or https address; write one such as https://mirror.example",
        cause);
  }

  /** The file as this mirror serves it. */
  PublishedFile of(PublishedFile file) {
    URI origin = file.downloadable().orElseThrow();
    if (NpmFile.isOne(origin) || file.isInside()) {
      return file; // a registry is set, and may be a mirror
    }
    String query = origin.getRawQuery() == null ? "" : "?" + origin.getRawQuery();
    String member = origin.getRawFragment() == null ? "" : "#" + origin.getRawFragment();
    return file.withDownload(
        URI.create(base.replace(HOST, origin.getHost()) + origin.getRawPath() + query + member));
  }
}
