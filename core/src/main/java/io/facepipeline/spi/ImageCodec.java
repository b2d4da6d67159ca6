package io.facepipeline.spi;

import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ReadOptions;
import io.facepipeline.image.EncodedImage;
import io.facepipeline.image.ImageIoCodec;

/**
 * A decoder of picture files, found through {@link java.util.ServiceLoader}. {@link
 * Image#read(java.nio.file.Path)} asks the codecs from the highest {@link #priority()} to the
 * lowest and uses the first that {@linkplain #canDecode accepts} the file; the built-in codec over
 * the JDK's readers (JPEG, PNG, GIF, BMP, TIFF) comes last. If the accepting codec fails, no other
 * is tried.
 *
 * <p>Codecs are created once and used by many threads at the same time.
 */
public interface ImageCodec {
  /**
   * The number of leading bytes of a file that {@link #canDecode} gets, if the file has that many.
   */
  int HEADER_BYTES = 64;

  /**
   * Returns this codec's rank; higher goes first. The built-in codec has {@link Integer#MIN_VALUE}.
   *
   * @return the rank
   */
  int priority();

  /**
   * Tells by the first bytes of a file whether this codec decodes it.
   *
   * @param header the first {@value #HEADER_BYTES} bytes, or all bytes of a shorter file; may be
   *     modified
   * @return whether {@link #decode} accepts the file
   */
  boolean canDecode(byte[] header);

  /**
   * Decodes a picture to upright RGB: the Exif orientation is applied, alpha is dropped without
   * blending, and embedded color profiles are not applied. It must check the file's headers against
   * the limits before it uses memory or time ({@link EncodedImage#check} does this). A truncated
   * picture is refused unless {@link ReadOptions#lenient()} allows it.
   *
   * @param encoded the whole file; must not be changed
   * @param options the limits
   * @param name the picture's name in messages
   * @return the picture
   * @throws ImageException if the file is damaged, too large, or uses an unsupported feature
   */
  Image decode(byte[] encoded, ReadOptions options, String name);

  /**
   * Returns the built-in codec over the JDK's readers, for codecs that leave some files to it.
   *
   * @return the codec
   */
  static ImageCodec builtIn() {
    return ImageIoCodec.INSTANCE;
  }
}
