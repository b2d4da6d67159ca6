package io.facepipeline.onnx.store;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file in an npm package, as an address: {@code npm:PACKAGE@VERSION/PATH}, such as {@code
 * npm:@scope/name@1.2.3/model/weights.bin}.
 *
 * @param name the package, with its scope
 * @param version its version
 * @param path the file's path in the package
 */
record NpmFile(String name, String version, String path) {
  static final String SCHEME = "npm";

  private static final String WORD = "[A-Za-z0-9][A-Za-z0-9._-]*";
  private static final Pattern ADDRESS =
      Pattern.compile(
          "npm:((?:@"
              + WORD
              + "/)?"
              + WORD
              + ")@([0-9A-Za-z.+-]+)/((?:"
              + WORD
              + "/)*"
              + WORD
              + ")");

  static boolean isOne(URI address) {
    return SCHEME.equals(address.getScheme());
  }

  static NpmFile of(URI address) {
    Matcher parts = ADDRESS.matcher(address.toString());
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          address
              + " is not npm:PACKAGE@VERSION/PATH, such as npm:@scope/name@1.2.3/model/net.bin");
    }
    return new NpmFile(parts.group(1), parts.group(2), parts.group(3));
  }

  /** The file in the package's tarball; the fragment is the path in it. */
  URI at(String registry) {
    String last = name.substring(name.indexOf('/') + 1);
    return URI.create(
        registry.replaceAll("/+$", "")
            + "/"
            + name
            + "/-/"
            + last
            + "-"
            + version
            + ".tgz#package/"
            + path);
  }
}
