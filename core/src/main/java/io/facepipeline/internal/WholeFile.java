package io.facepipeline.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes files that are there whole or not at all, also after the machine stopped: the content is
 * on the disk before it takes the file's name, and the name before the call returns, where the
 * system lets a folder be forced. Nothing is left of a write that failed.
 *
 * <p>Who may read a new file is the user's {@code umask} to say; only what holds embeddings, which
 * tell who somebody is, is made for its owner alone. Missing folders are made. A device or a pipe
 * is written as it is; a symbolic link stays, and what it leads to is replaced. An interrupt of the
 * thread breaks nothing off. Thread-safe.
 */
public final class WholeFile {
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final String PART = ".part";
  private static final Pattern LEFT_PART =
      Pattern.compile("\\..+\\.\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}\\" + PART);
  private static final int UNIQUE = 36;
  private static final System.Logger LOG = System.getLogger(WholeFile.class.getName());
  private static final Duration ABANDONED = Duration.ofMinutes(10);

  /** For whom a file is made. */
  public enum Access {
    /** Whomever the user's umask lets. */
    UMASK,
    /** The owner alone, where the file system knows owners: for embeddings. */
    OWNER
  }

  /** Fills a file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes the whole content.
     *
     * @param part an empty file beside the one that is meant
     */
    void writeTo(Path part) throws IOException;
  }

  private WholeFile() {}

  /**
   * Writes a file.
   *
   * @param file where it goes; what is there is replaced
   * @param access for whom it is made
   * @param content all of it
   * @throws IOException if it cannot be written; what was there is then as it was
   */
  public static void write(Path file, Access access, byte[] content) throws IOException {
    write(file, access, part -> Files.write(part, content));
  }

  /**
   * Writes a file.
   *
   * @param file where it goes; what is there is replaced
   * @param access for whom it is made
   * @param content fills it
   * @throws IOException if it cannot be written; what was there is then as it was
   */
  public static void write(Path file, Access access, Content content) throws IOException {
    if (isStream(file)) {
      content.writeTo(file);
      return;
    }
    Path target = Files.isSymbolicLink(file) ? linked(file) : file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder == null || Files.isDirectory(target)) {
      throw new FileSystemException(file.toString(), null, "it is a folder; give a file's path");
    }
    Files.createDirectories(folder);
    Path part = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + PART);
    try {
      if (access == Access.OWNER && isPosix(folder)) {
        Files.createFile(part, OWNER_ONLY);
      } else {
        // Not Files.createTempFile, whose files are their owner's alone, also after the move.
        Files.createFile(part);
      }
      content.writeTo(part);
      force(part, StandardOpenOption.WRITE);
      publish(part, target);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /**
   * Moves a file to its place in the same folder; the new name is on the disk when this returns.
   *
   * @param part a file whose content is on the disk
   * @param file where it goes; what is there is replaced
   * @throws IOException if it cannot be moved
   */
  public static void publish(Path part, Path file) throws IOException {
    try {
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null && isPosix(folder)) {
      force(folder, StandardOpenOption.READ);
    }
  }

  /**
   * Deletes the parts of files that killed processes left in a folder.
   *
   * @param folder a folder that no other process writes to; it may be missing
   * @throws IOException if the folder cannot be read or a part cannot be deleted
   */
  public static void deleteParts(Path folder) throws IOException {
    delete(folder, path -> LEFT_PART.matcher(path.getFileName().toString()).matches());
  }

  /**
   * Deletes what killed processes left of a file.
   *
   * @param file a file that no other process writes at the moment
   * @throws IOException if the folder cannot be read or a part cannot be deleted
   */
  public static void deletePartsOf(Path file) throws IOException {
    Path target = file.toAbsolutePath();
    delete(target.getParent(), path -> isPart(path, target));
  }

  /**
   * Deletes leftovers of killed processes that were writing a file, which others may be writing
   * now: parts without a write for ten minutes. A folder whose files cannot be listed is skipped.
   *
   * @param file the file that was meant
   */
  public static void deleteAbandonedPartsOf(Path file) {
    if (isStream(file)) {
      return;
    }
    Instant before = Instant.now().minus(ABANDONED);
    try {
      Path target = Files.isSymbolicLink(file) ? linked(file) : file.toAbsolutePath();
      delete(
          target.getParent(),
          path ->
              isPart(path, target)
                  && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                  && Files.getLastModifiedTime(path).toInstant().isBefore(before));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot look for what was left of " + file, e);
    }
  }

  private static void delete(@Nullable Path folder, DirectoryStream.Filter<Path> which)
      throws IOException {
    if (folder == null || !Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, which)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static boolean isPart(Path path, Path target) {
    String start = "." + target.getFileName() + ".";
    String name = path.getFileName().toString();
    return name.startsWith(start)
        && name.length() == start.length() + UNIQUE + PART.length()
        && LEFT_PART.matcher(name).matches();
  }

  /** {@return whether a file is written as it is: a terminal, a pipe, {@code /dev/null}} */
  public static boolean isStream(Path file) {
    return (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file))
        // Files in memory, which are files as others are.
        || (file.toAbsolutePath().startsWith("/dev/")
            && !file.toAbsolutePath().startsWith("/dev/shm/"))
        || file.toAbsolutePath().startsWith("/proc/");
  }

  private static Path linked(Path link) throws IOException {
    if (Files.exists(link)) {
      return link.toRealPath();
    }
    Path to = Files.readSymbolicLink(link);
    return link.toAbsolutePath().resolveSibling(to).normalize();
  }

  private static boolean isPosix(Path folder) throws IOException {
    return Files.getFileStore(folder).supportsFileAttributeView("posix");
  }

  private static void force(Path path, StandardOpenOption how) throws IOException {
    Uninterruptibly.run(
        () -> {
          try (FileChannel channel = FileChannel.open(path, how)) {
            channel.force(true);
          }
          return path;
        });
  }
}
