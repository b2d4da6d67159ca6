package io.facepipeline;

import static com.google.common.base.Preconditions.checkArgument;

import io.facepipeline.spi.ImageCodec;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The limits for an encoded picture, and what to do with a truncated one. The limits are checked on
 * the file's headers before decoding, so a small hostile file that claims a huge picture, or paints
 * the same pixels again and again, is refused cheaply. Immutable and thread-safe.
 */
public final class ReadOptions {
  private static final long LARGEST_ARRAY = Integer.MAX_VALUE - 8L;
  private static final ReadOptions DEFAULTS = new ReadOptions(100_000_000L, 512L << 20, 80, false);

  private final long maxPixels;
  private final long maxEncodedBytes;
  private final long maxExpansion;
  private final boolean lenient;

  private ReadOptions(long maxPixels, long maxEncodedBytes, long maxExpansion, boolean lenient) {
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
    this.maxPixels = maxPixels;
    this.maxEncodedBytes = maxEncodedBytes;
    this.maxExpansion = maxExpansion;
    this.lenient = lenient;
  }

  /**
   * {@return the largest number of pixels (width times height, as stored in the file), from 1 to
   * {@link Image#MAX_PIXELS}}
   */
  public long maxPixels() {
    return maxPixels;
  }

  /** {@return the largest encoded size in bytes, from 1 to 2147483639} */
  public long maxEncodedBytes() {
    return maxEncodedBytes;
  }

  /**
   * {@return how many bytes a decoder may have to write for each encoded byte, at least 1} The
   * first 80 million bytes are free, which are 26 million pixels. A progressive JPEG may have four
   * times as many samples in all of its scans together.
   */
  public long maxExpansion() {
    return maxExpansion;
  }

  /**
   * {@return whether to return the readable part of a truncated or damaged picture} Missing parts
   * are black or gray. Without it such a picture is refused.
   */
  public boolean lenient() {
    return lenient;
  }

  /**
   * Returns the default options: 100,000,000 pixels (300 MB decoded), 512 MiB encoded, 80 decoded
   * bytes for each encoded one; truncated pictures are refused.
   *
   * @return the default limits
   */
  public static ReadOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns these options with another pixel limit.
   *
   * @param pixels the largest number of pixels
   * @return the changed copy
   * @throws IllegalArgumentException if the limit is out of its range
   */
  public ReadOptions withMaxPixels(long pixels) {
    return new ReadOptions(pixels, maxEncodedBytes, maxExpansion, lenient);
  }

  /**
   * Returns these options with another limit on the encoded size.
   *
   * @param bytes the largest encoded size
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
   * Returns these options with or without leniency for truncated or damaged pictures.
   *
   * @param cutPictures whether to return their readable part
   * @return the changed copy
   */
  public ReadOptions withLenient(boolean cutPictures) {
    return new ReadOptions(maxPixels, maxEncodedBytes, maxExpansion, cutPictures);
  }

  /**
   * Refuses a picture that claims too many pixels; an {@link ImageCodec} calls this before it
   * allocates memory.
   *
   * @param width the width in the file's header
   * @param height the height in the file's header
   * @param name the picture's name in messages
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

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ReadOptions that
        && maxPixels == that.maxPixels
        && maxEncodedBytes == that.maxEncodedBytes
        && maxExpansion == that.maxExpansion
        && lenient == that.lenient;
  }

  @Override
  public int hashCode() {
    return Objects.hash(maxPixels, maxEncodedBytes, maxExpansion, lenient);
  }

  @Override
  public String toString() {
    return "at most "
        + maxPixels
        + " pixels, "
        + maxEncodedBytes
        + " bytes encoded, "
        + maxExpansion
        + " bytes decoded for each"
        + (lenient ? ", lenient" : "");
  }
}
