package io.facepipeline.onnx.store;

import io.facepipeline.ModelCard.CommercialUse;
import io.facepipeline.onnx.cache.ClassPathFile;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file that somebody has published weights in. Immutable.
 *
 * @param id the catalog id of the model it belongs to, such as {@code mobilefacenet-foamliu}
 * @param versions the forms it may have, any of which will do, the usual one first
 * @param origin where it was published, for people
 * @param license the license of the weights
 * @param download the address of the usual version: http or https, where a fragment is the path of
 *     the file in the gzipped tar archive that the address is of; or {@code
 *     npm:PACKAGE@VERSION/PATH}, a file in an npm package, for which a registry must be set; or
 *     {@code classpath:PATH}, a file in a jar on the class path, which needs no network. Null if
 *     only a browser can fetch it
 */
public record PublishedFile(
    String id, List<Version> versions, String origin, License license, @Nullable URI download) {
  /**
   * Creates a description.
   *
   * @throws IllegalArgumentException if there is no version, the id could not name a folder, or the
   *     address is none of these
   */
  public PublishedFile {
    versions = List.copyOf(versions);
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("a published file needs a name");
    }
    Version.requireName("id", id);
    if (download != null && NpmFile.isOne(download)) {
      NpmFile.of(download);
    } else if (download != null && ClassPathFile.isOne(download)) {
      ClassPathFile.at(download);
    } else if (download != null
        && (!isOfTheWeb(download.getScheme()) || download.getHost() == null)) {
      throw new IllegalArgumentException(
          "the address of "
              + id
              + " is "
              + download
              + ", which is not an http or https address with a host, nor npm:PACKAGE@VERSION/PATH;"
              + " name a local file by its path instead");
    }
  }

  private static boolean isOfTheWeb(@Nullable String scheme) {
    return "https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme);
  }

  /** {@return its possible names, the usual one first} */
  public List<String> names() {
    return versions.stream().map(Version::name).toList();
  }

  /** {@return its usual version, which is downloaded} */
  public Version usual() {
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

  /** {@return whether a jar on the class path has it, so that it is here without a network} */
  public boolean isInside() {
    return download != null && ClassPathFile.isOne(download);
  }

  /** The same file at another address. */
  PublishedFile withDownload(URI address) {
    return new PublishedFile(id, versions, origin, license, address);
  }

  /**
   * One version of a published file. Immutable.
   *
   * @param name its name, without folders
   * @param size its size in bytes; 0 if unknown
   * @param sha256 its SHA-256 in lower-case hexadecimal, or its first digits if only those are
   *     published (PyTorch puts eight into file names); empty if unknown
   */
  public record Version(String name, long size, String sha256) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final Pattern DIGITS = Pattern.compile("|[0-9a-f]{8,64}");
    private static final int WHOLE = 64;

    /**
     * Creates a description.
     *
     * @throws IllegalArgumentException if the name has characters other than letters, digits, dot,
     *     dash and underscore, the size is negative, or the hash is not hexadecimal
     */
    public Version {
      requireName("file name", name);
      if (size < 0) {
        throw new IllegalArgumentException("the size of " + name + " is negative: " + size);
      }
      if (!DIGITS.matcher(sha256).matches()) {
        throw new IllegalArgumentException(
            "the hash of " + name + " is not 8 to 64 hexadecimal digits: \"" + sha256 + "\"");
      }
    }

    /**
     * {@return a version of which only the name is known}
     *
     * @param name its name, without folders
     */
    public static Version named(String name) {
      return new Version(name, 0, "");
    }

    /** {@return whether the whole hash is known, not only its first digits} */
    public boolean hasWholeHash() {
      return sha256.length() == WHOLE;
    }

    /** Names become parts of paths in the cache, so nothing that leads out of it may pass. */
    static void requireName(String what, String name) {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "the "
                + what
                + " \""
                + name
                + "\" has characters other than letters, digits, dot, dash and underscore");
      }
    }
  }

  /**
   * The terms on which weights are published. Immutable.
   *
   * @param name an SPDX id or a sentence
   * @param url where its text is
   * @param commercialUse whether the authors allow commercial use of the weights; a license of the
   *     code around them does not say so
   */
  public record License(String name, String url, CommercialUse commercialUse) {
    /** The MIT license, for the weights too. */
    public static final License MIT =
        new License("MIT", "https://spdx.org/licenses/MIT.html", CommercialUse.YES);

    /** The Apache license, version 2.0, for the weights too. */
    public static final License APACHE_2 =
        new License("Apache-2.0", "https://www.apache.org/licenses/LICENSE-2.0", CommercialUse.YES);

    /** The three-clause BSD license, for the weights too. */
    public static final License BSD_3 =
        new License(
            "BSD-3-Clause", "https://spdx.org/licenses/BSD-3-Clause.html", CommercialUse.YES);

    /**
     * {@return whether the weights are downloaded only after an explicit acceptance: their authors
     * forbid commercial use}
     */
    public boolean restricted() {
      return commercialUse == CommercialUse.NO;
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
