package io.facepipeline.onnx.store;

import java.util.regex.Pattern;

/**
 * One version of a published file. Immutable.
 *
 * @param name its name, without folders
 * @param size its size in bytes; 0 if unknown
 * @param sha256 its SHA-256 in lower-case hexadecimal, or its first digits if only those are
 *     published (PyTorch puts eight into file names); empty if unknown
 */
public record FileVersion(String name, long size, String sha256) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
  private static final Pattern DIGITS = Pattern.compile("|[0-9a-f]{8,64}");
  private static final int WHOLE = 64;

  /**
   * Creates a description.
   *
   * @throws IllegalArgumentException if the name has characters other than letters, digits, dot,
   *     dash and underscore, the size is negative, or the hash is not hexadecimal
   */
  public FileVersion {
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
  public static FileVersion named(String name) {
    return new FileVersion(name, 0, "");
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
