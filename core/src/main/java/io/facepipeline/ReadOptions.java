package io.facepipeline;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * What an encoded picture may cost at most. Both limits are checked before the memory they guard is
 * asked for, so a small hostile file that claims a huge picture is refused cheaply. Immutable and
 * safe for use by several threads.
 *
 * @param maxPixels the most pixels (width times height, as stored in the file) a picture may have,
 *     from 1 to {@link Image#MAX_PIXELS}
 * @param maxEncodedBytes the most bytes an encoded picture may have, from 1 to 2147483639
 */
public record ReadOptions(long maxPixels, long maxEncodedBytes) {
  private static final long LARGEST_ARRAY = Integer.MAX_VALUE - 8L;
  private static final ReadOptions DEFAULTS = new ReadOptions(100_000_000L, 512L << 20);

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
  }

  /**
   * Returns the limits used where none are given: 100,000,000 pixels (300 MB decoded) and 512 MiB
   * encoded.
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
    return new ReadOptions(pixels, maxEncodedBytes);
  }

  /**
   * Returns these options with another limit on the encoded size.
   *
   * @param bytes the most bytes an encoded picture may have
   * @return the changed copy
   * @throws IllegalArgumentException if the limit is out of its range
   */
  public ReadOptions withMaxEncodedBytes(long bytes) {
    return new ReadOptions(maxPixels, bytes);
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
      throw ImageException.corrupt(
          name, "claims to be " + width + "x" + height + " pixels; the file is damaged");
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
