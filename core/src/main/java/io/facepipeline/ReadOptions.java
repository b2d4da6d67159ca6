package io.facepipeline;

import static com.google.common.base.Preconditions.checkArgument;

import io.facepipeline.spi.ImageCodec;

/**
 * What an encoded picture may cost at most, and what to do with one that was cut off. The limits
 * are checked on the file's headers before anything is decoded, so a small hostile file that claims
 * a huge picture, or passes over the same pixels again and again, is refused cheaply. Immutable and
 * safe for use by several threads.
 *
 * @param maxPixels the most pixels (width times height, as stored in the file) a picture may have,
 *     from 1 to {@link Image#MAX_PIXELS}
 * @param maxEncodedBytes the most bytes an encoded picture may have, from 1 to 2147483639
 * @param maxExpansion how many bytes a decoder may have to write for each encoded byte, at least 1.
 *     The first 80 million bytes are free, which are 26 million pixels. A progressive JPEG may have
 *     four times as many samples in all of its scans together
 * @param lenient whether a picture that was cut off or is damaged is given as far as it could be
 *     decoded; what is missing is black or grey. Without it such a picture is refused
 */
public record ReadOptions(
    long maxPixels, long maxEncodedBytes, long maxExpansion, boolean lenient) {
  private static final long LARGEST_ARRAY = Integer.MAX_VALUE - 8L;
  private static final ReadOptions DEFAULTS = new ReadOptions(100_000_000L, 512L << 20, 80, false);

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if a limit is out of its range
   */
  public ReadOptions {
    checkArgument(
        maxPixels >= 1 && maxPixels <= Image.MAX_PIXELS,
        "maxPixels is %s; give 1 to %s",
        maxPixels,
        Image.MAX_PIXELS);
    checkArgument(
        maxEncodedBytes >= 1 && maxEncodedBytes <= LARGEST_ARRAY,
        "maxEncodedBytes is %s; give 1 to %s",
        maxEncodedBytes,
        LARGEST_ARRAY);
    checkArgument(
        maxExpansion >= 1 && maxExpansion <= LARGEST_ARRAY,
        "maxExpansion is %s; give 1 to %s",
        maxExpansion,
        LARGEST_ARRAY);
  }

  /**
   * Returns the options used where none are given: 100,000,000 pixels (300 MB decoded), 512 MiB
   * encoded, 80 decoded bytes for each encoded one, and nothing for a picture that was cut off.
   *
   * @return the default limits
   */
  public static ReadOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns these options with another pixel limit.
   *
   * @param pixels the most pixels a picture may have
   * @return the changed copy
   * @throws IllegalArgumentException if the limit is out of its range
   */
  public ReadOptions withMaxPixels(long pixels) {
    return new ReadOptions(pixels, maxEncodedBytes, maxExpansion, lenient);
  }

  /**
   * Returns these options with another limit on the encoded size.
   *
   * @param bytes the most bytes an encoded picture may have
   * @return the changed copy
   * @throws IllegalArgumentException if the limit is out of its range
   */
  public ReadOptions withMaxEncodedBytes(long bytes) {
    return new ReadOptions(maxPixels, bytes, maxExpansion, lenient);
  }

  /**
   * Returns these options with another limit on how much a decoder may have to write.
   *
   * @param factor decoded bytes for each encoded byte, beyond the first 80 million
   * @return the changed copy
   * @throws IllegalArgumentException if the limit is out of its range
   */
  public ReadOptions withMaxExpansion(long factor) {
    return new ReadOptions(maxPixels, maxEncodedBytes, factor, lenient);
  }

  /**
   * Returns these options with another answer to pictures that were cut off or are damaged.
   *
   * @param cutPictures whether they are given as far as they could be decoded
   * @return the changed copy
   */
  public ReadOptions withLenient(boolean cutPictures) {
    return new ReadOptions(maxPixels, maxEncodedBytes, maxExpansion, cutPictures);
  }

  /**
   * Refuses a picture that claims too many pixels: what an {@link ImageCodec} asks before it asks
   * for memory.
   *
   * @param width the width that the file claims
   * @param height the height that the file claims
   * @param name what to call the picture in messages
   * @throws ImageException if there are too many, or none
   */
  public void requireAllowed(long width, long height, String name) {
    if (width < 1 || height < 1) {
      throw new ImageException(
          name,
          ImageException.Reason.CORRUPT,
          "claims to be " + width + "x" + height + " pixels; the file is damaged");
    }
    // Both are below 2^33, so the division avoids the overflow that a product could have.
    if (width > maxPixels / height) {
      throw new ImageException(
          name,
          ImageException.Reason.TOO_LARGE,
          "claims to be "
              + width
              + "x"
              + height
              + ", over the limit of "
              + maxPixels
              + " pixels; raise ReadOptions.maxPixels if the picture is trusted");
    }
  }
}
