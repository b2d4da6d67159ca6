package io.facepipeline;

import io.facepipeline.image.FileImageSource;
import java.nio.file.Path;

/**
 * Loads a picture on request, so that a batch can name thousands of pictures and hold few of them
 * in memory. An {@link Image} is its own source. Implementations are thread-safe.
 */
public interface ImageSource {
  /**
   * Returns the picture; reads and decodes it if it is not in memory.
   *
   * @return the picture
   * @throws ImageException if it cannot be read
   */
  Image load();

  /**
   * Returns the picture's name for messages and reports.
   *
   * @return a path or a description such as "1200x630 image"
   */
  String name();

  /**
   * Returns a source that reads a file at each {@link #load()}, with the default limits. Nothing is
   * read or checked earlier.
   *
   * @param file the picture's file
   * @return the source, named by its path
   */
  static ImageSource of(Path file) {
    return of(file, ReadOptions.defaults());
  }

  /**
   * Returns a source that reads a file at each {@link #load()}. Nothing is read or checked earlier.
   *
   * @param file the picture's file
   * @param options the limits
   * @return the source, named by its path
   */
  static ImageSource of(Path file, ReadOptions options) {
    return new FileImageSource(file, options);
  }
}
