package io.facepipeline.onnx.store;

import java.nio.file.Path;

/**
 * The result of checking a file's hash.
 *
 * @param path the file
 * @param sha256 its SHA-256 in lower-case hexadecimal
 * @param verdict whether it is the published file
 */
public record HashCheck(Path path, String sha256, Verdict verdict) {
  /** Whether a file is the published one. */
  public enum Verdict {
    /** The hash is the published one. */
    MATCHES,
    /** The hash is not the published one. */
    DIFFERS,
    /** No hash is published. */
    UNKNOWN
  }

  static HashCheck of(PublishedFile file, Path path, String sha256) {
    boolean known = false;
    for (FileVersion version : file.versions()) {
      if (version.sha256().isEmpty()) {
        continue;
      }
      if (sha256.startsWith(version.sha256())) {
        return new HashCheck(path, sha256, Verdict.MATCHES);
      }
      known |= path.endsWith(version.name());
    }
    return new HashCheck(path, sha256, known ? Verdict.DIFFERS : Verdict.UNKNOWN);
  }
}
