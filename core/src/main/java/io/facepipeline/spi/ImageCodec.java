package io.facepipeline.spi;

import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ReadOptions;
import io.facepipeline.image.EncodedImage;
import io.facepipeline.image.ImageIoCodec;

/**
 * A decoder of picture files, found through {@link java.util.ServiceLoader}. {@link
 * Image#read(java.nio.file.Path)} asks the codecs from the highest {@link #priority()} to the
 * lowest and uses the first that {@linkplain #canDecode claims} the file; a built-in codec over the
 * JDK's readers (JPEG, PNG, GIF, BMP, TIFF) comes last. A codec that claimed a file decides: when
 * it fails, no other is tried.
 *
 * <p>Codecs are created once and used by many threads at the same time.
 */
public interface ImageCodec {
  /**
   * How many leading bytes of a file {@link #canDecode} gets to see, when the file has that many.
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
   *     changed at will
   * @return whether {@link #decode} shall be given the file
   */
  boolean canDecode(byte[] header);

  /**
   * Decodes a picture to upright RGB: the Exif orientation is applied, alpha is dropped without
   * blending, and embedded colour profiles are not applied. Must check what the file claims against
   * the limits before it asks for memory or time, for which there is {@link EncodedImage#check}; a
   * picture that was cut off is refused unless {@link ReadOptions#lenient()} says otherwise.
   *
   * @param encoded the whole file; not to be changed
   * @param options the limits
   * @param name what to call the picture in messages
   * @return the picture
   * @throws ImageException if the file is broken, too large, or uses a feature that this codec
   *     lacks
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
