package io.facepipeline.gallery.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Which file a name stands for: a file that was put in another's place is another one. Windows does
 * not tell; there all are taken for the same, and no file that is open can be replaced.
 */
public record FileIdentity(@Nullable Object key) {
  public static FileIdentity of(Path path) throws IOException {
    return new FileIdentity(Files.readAttributes(path, BasicFileAttributes.class).fileKey());
  }

  /** Whether the name still stands for it. */
  boolean isStill(Path path) throws IOException {
    try {
      return equals(of(path));
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
