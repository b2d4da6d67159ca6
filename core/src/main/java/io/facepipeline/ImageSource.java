package io.facepipeline;

import java.nio.file.Path;

/**
 * Something that gives a picture when asked, so that a batch can name thousands of pictures and
 * hold few of them in memory. An {@link Image} is a source of itself. Sources must allow calls from
 * several threads.
 */
public interface ImageSource {
  /**
   * Returns the picture, reading and decoding it now if it isn't in memory.
   *
   * @return the picture
   * @throws ImageException if it cannot be read
   */
  Image load();

  /**
   * Returns what to call the picture in messages and reports.
   *
   * @return a path or a description such as "1200x630 image"
   */
  String name();

  /**
   * Returns a source that reads a file at each call of {@link #load()}, with the default limits.
   * Nothing is read or checked before.
   *
   * @param file where the picture lies
   * @return the source, named by its path
   */
  static ImageSource of(Path file) {
    return of(file, ReadOptions.defaults());
  }

  /**
   * Returns a source that reads a file at each call of {@link #load()}. Nothing is read or checked
   * before.
   *
   * @param file where the picture lies
   * @param options the limits
   * @return the source, named by its path
   */
  static ImageSource of(Path file, ReadOptions options) {
    return new FileImageSource(file, options);
  }
}
