package io.facepipeline.image;

import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.ReadOptions;
import java.nio.file.Path;
import java.util.Objects;

/** A picture in a file. */
public record FileImageSource(Path file, ReadOptions options) implements ImageSource {
  public FileImageSource {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(options, "options");
  }

  @Override
  public Image load() {
    return Image.read(file, options);
  }

  @Override
  public String name() {
    return file.toString();
  }

  @Override
  public String toString() {
    return name();
  }
}
