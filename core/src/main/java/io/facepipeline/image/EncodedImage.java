package io.facepipeline.image;

import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ReadOptions;
import io.facepipeline.image.jpeg.JpegEntropy;
import io.facepipeline.image.jpeg.JpegHeader;
import io.facepipeline.spi.ImageCodec;
import org.jspecify.annotations.Nullable;

/**
 * An encoded picture whose headers were looked at, before a decoder may ask for memory or time:
 * what an {@link ImageCodec} over a native library makes of a JPEG or WebP first. Immutable; for
 * use by several threads as long as nobody changes the bytes.
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
   * looked through, of others the headers; files in formats that are not known here pass.
   *
   * @param encoded the whole file; not copied, and not to be changed from now on
   * @param options the limits
   * @param name what to call the picture in messages
   * @return the picture
   * @throws ImageException if it is too large, asks for too much work, is broken, or cannot be read
   *     rightly by any codec of this library
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
   * Returns the bytes to decode: the file's, without the colour profile of a JPEG, which is not to
   * be applied; of a WebP a file of nothing but its picture, or its first one.
   *
   * @return the bytes, not copied
   */
  public byte[] bytes() {
    return encoded;
  }

  /**
   * Tells whether a native decoder reads the picture to its last pixel without a remark. Only of
   * JPEGs it is known; others are taken to be intact. A JPEG that is not is best left to {@link
   * ImageCodec#builtIn()}, which prints nothing.
   *
   * @return whether nothing is missing, damaged, or coded in a way that decoders differ on
   */
  public boolean intact() {
    return intact;
  }

  /**
   * Turns decoded pixels upright by the Exif orientation in the file. The first picture of an
   * animation is put on its canvas, which is black where the picture leaves it bare.
   *
   * @param width of what was decoded, in pixels
   * @param height of what was decoded, in pixels
   * @param rgb {@code width * height * 3} bytes, red, green, blue, rows from the top; the image's
   *     own from now on
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
