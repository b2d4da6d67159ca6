package io.facepipeline.gallery.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The exports that are being written, in a file of the gallery's folder: they hold embeddings, may
 * be anywhere, and nobody else would delete them if the process were killed. For whoever has the
 * folder's lock.
 */
final class GalleryExports {
  private static final String NAME = "faces.exports";

  private final Path file;
  private final Set<String> open = new LinkedHashSet<>();

  GalleryExports(Path folder) {
    this.file = folder.resolve(NAME);
  }

  void begin(Path part) throws IOException {
    if (isPart(part)) {
      open.add(part.toAbsolutePath().toString());
      write();
    }
  }

  void end(Path part) throws IOException {
    if (open.remove(part.toAbsolutePath().toString())) {
      write();
    }
  }

  private void write() throws IOException {
    if (open.isEmpty()) {
      Files.deleteIfExists(file);
    } else {
      OwnerOnly.create(file);
      Files.write(file, open, StandardCharsets.UTF_8);
    }
  }

  /** Deletes what killed exports left, and gives the files' names. */
  List<String> clear() throws IOException {
    List<String> cleared = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        Path part = Path.of(line);
        // Nothing else than what exports make is deleted, whatever the file says.
        if (isPart(part) && Files.isRegularFile(part, LinkOption.NOFOLLOW_LINKS)) {
          Files.delete(part);
          cleared.add(line);
        }
      }
      Files.delete(file);
    } catch (NoSuchFileException
        | InvalidPathException
        | java.nio.charset.CharacterCodingException e) {
      // Nothing was being written, or nobody can tell what.
      Files.deleteIfExists(file);
    }
    return cleared;
  }

  private static boolean isPart(Path part) {
    Path name = part.getFileName();
    return name != null && name.toString().startsWith(".") && name.toString().endsWith(".part");
  }
}
