package io.facepipeline.internal;

/** Thresholds that are cosines. */
public final class Cosines {
  private Cosines() {}

  /**
   * {@return a cosine}
   *
   * @param what what it is, such as {@code verification threshold}
   * @param value the cosine
   * @throws IllegalArgumentException if it is not within -1 and 1
   */
  public static float require(String what, float value) {
    if (!(value >= -1 && value <= 1)) {
      throw new IllegalArgumentException(
          "the " + what + " must be a cosine between -1 and 1, got " + value);
    }
    return value;
  }
}
