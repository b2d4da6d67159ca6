package io.facepipeline.image;

import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ReadOptions;
import io.facepipeline.image.jpeg.JpegEntropy;
import io.facepipeline.image.jpeg.JpegHeader;
import io.facepipeline.spi.ImageCodec;
import org.jspecify.annotations.Nullable;

/**
 * An encoded picture whose headers were checked before a decoder uses memory or time. An {@link
 * ImageCodec} over a native library checks a JPEG or WebP this way first. Immutable and thread-safe
 * as long as nobody changes the bytes.
 */
public final class EncodedImage {
  private final byte[] encoded;
  private final int orientation;
  private final boolean intact;
  private final @Nullable WebpChunks webp;

  private EncodedImage(byte[] encoded, int orientation, boolean intact, @Nullable WebpChunks webp) {
    this.encoded = encoded;
    this.orientation = orientation;
    this.intact = intact;
    this.webp = webp;
  }

  private static EncodedImage of(byte[] encoded, int orientation, boolean intact) {
    return new EncodedImage(encoded, orientation, intact, null);
  }

  /**
   * Checks a picture against the limits and the rules of its format. The whole file of a JPEG is
   * checked, only the headers of other formats; unknown formats pass.
   *
   * @param encoded the whole file; not copied, and must not be changed from now on
   * @param options the limits
   * @param name the picture's name in messages
   * @return the picture
   * @throws ImageException if it is too large, needs too much work, is damaged, or cannot be read
   *     correctly by any codec of this library
   */
  public static EncodedImage check(byte[] encoded, ReadOptions options, String name) {
    FormatChecks checks = new FormatChecks(encoded, options, name);
    return switch (ImageFormat.of(encoded)) {
      case JPEG -> {
        JpegHeader header = checks.jpeg();
        checks.scans(header.frame());
        boolean usual =
            header.colours() != JpegHeader.Colours.CMYK
                && header.colours() != JpegHeader.Colours.YCCK;
        yield of(
            header.withoutProfile(encoded),
            header.orientation(),
            usual && JpegEntropy.look(encoded, header.frame()) == JpegEntropy.Finding.CLEAN);
      }
      case PNG -> of(encoded, checks.png().orientation(), true);
      case TIFF -> of(encoded, checks.tiff(), true);
      case GIF -> {
        checks.gif(encoded);
        yield of(encoded, ExifOrientation.UPRIGHT, true);
      }
      case BMP -> {
        checks.bmp();
        yield of(encoded, ExifOrientation.UPRIGHT, true);
      }
      case WEBP -> {
        WebpChunks chunks = checks.webp();
        yield new EncodedImage(chunks.file(), chunks.orientation(), true, chunks);
      }
      default -> of(encoded, ExifOrientation.UPRIGHT, true);
    };
  }

  /**
   * Returns the bytes to decode: the file's, without the color profile of a JPEG, which must not be
   * applied; of a WebP a file with only its picture, or its first one.
   *
   * @return the bytes, not copied
   */
  public byte[] bytes() {
    return encoded;
  }

  /**
   * Tells whether a native decoder reads the whole picture without complaints. Only JPEGs are
   * checked; others count as intact. Leave a JPEG that is not intact to {@link
   * ImageCodec#builtIn()}, which prints nothing.
   *
   * @return whether nothing is missing, damaged, or encoded in a way that decoders disagree on
   */
  public boolean intact() {
    return intact;
  }

  /**
   * Turns decoded pixels upright by the Exif orientation in the file. The first picture of an
   * animation is placed on its canvas; uncovered parts are black.
   *
   * @param width the decoded width in pixels
   * @param height the decoded height in pixels
   * @param rgb {@code width * height * 3} bytes, red, green, blue, rows from the top; owned by the
   *     image from now on
   * @return the image
   */
  public Image upright(int width, int height, byte[] rgb) {
    if (webp != null) {
      byte[] canvas = webp.paint(width, height, rgb);
      return ExifOrientation.apply(canvas, webp.width(), webp.height(), orientation);
    }
    return ExifOrientation.apply(rgb, width, height, orientation);
  }
}
