package io.facepipeline.gallery.log;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Files that hold embeddings are made for their owner alone, whatever the umask says: a vector
 * tells who somebody is. Whoever opens them to others with {@code chmod} finds that kept.
 */
final class OwnerOnly {
  private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-------");

  private OwnerOnly() {}

  /** Makes an empty file, if there is none. */
  static void create(Path file) throws IOException {
    try {
      if (posix(file) != null) {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(MODE));
      } else {
        Files.createFile(file);
      }
    } catch (FileAlreadyExistsException e) {
      // It keeps the rights that it has.
    }
  }

  /** Gives a file the rights of the one whose place it is going to take, if there is one. */
  static void like(Path old, Path file) throws IOException {
    PosixFileAttributeView from = posix(old);
    PosixFileAttributeView to = posix(file);
    if (from != null && to != null) {
      try {
        to.setPermissions(from.readAttributes().permissions());
      } catch (NoSuchFileException e) {
        // Then it keeps its own.
      }
    }
  }

  private static @Nullable PosixFileAttributeView posix(Path file) {
    return Files.getFileAttributeView(file, PosixFileAttributeView.class);
  }
}
