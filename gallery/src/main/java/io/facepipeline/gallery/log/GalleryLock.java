package io.facepipeline.gallery.log;

import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryException;
import io.facepipeline.gallery.GalleryException.Reason;
import io.facepipeline.internal.Uninterruptibly;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The right to use a gallery's folder, which one process has at a time, and in it one {@link
 * Gallery}. The system takes it back when the process ends, however it ends; on POSIX systems also
 * when the process closes the lock's file anywhere, as a backup does. So the lock turns away who
 * comes second, and {@link GalleryLog} makes sure that nothing is lost where it did not.
 */
final class GalleryLock implements AutoCloseable {
  private static final String NAME = "gallery.lock";

  /** Far behind the text, which others can then read on systems where a lock forbids reading. */
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  /**
   * The folders this process uses are noted in the system properties, which all class loaders
   * share: opening the lock file once more would give up the lock when it is closed. A folder goes
   * by the file system's name for it, which is one however it is reached. File systems give the
   * name of a deleted folder to a new one, so the note tells where the folder was.
   */
  private static final String NOTE = "io.facepipeline.gallery.open:";

  private final String note;
  private final String place;
  private final RandomAccessFile file;

  private GalleryLock(String note, String place, RandomAccessFile file) {
    this.note = note;
    this.place = place;
    this.file = file;
  }

  /**
   * Takes the right to a folder.
   *
   * @throws GalleryException if somebody has it
   */
  static GalleryLock acquire(Path directory) throws IOException {
    Path folder = directory.toRealPath();
    Path path = folder.resolve(NAME);
    Object key = FileIdentity.of(folder).key();
    String note = NOTE + (key != null ? key : folder);
    String pid = String.valueOf(ProcessHandle.current().pid());
    String place = folder.toString();
    Object noted = System.getProperties().putIfAbsent(note, place);
    // If the noted folder is gone, the lock itself tells whether it was only moved.
    if (noted != null
        && (isFolder(noted, key) || !System.getProperties().replace(note, noted, place))) {
      throw inUse(directory, "this process (" + pid + ")");
    }
    RandomAccessFile file = null;
    boolean locked = false;
    try {
      OwnerOnly.create(path);
      file = new RandomAccessFile(path.toFile(), "rw");
      lock(directory, path, file);
      file.setLength(0);
      file.write((pid + "\n").getBytes(StandardCharsets.US_ASCII));
      locked = true;
      return new GalleryLock(note, place, file);
    } catch (OverlappingFileLockException e) {
      // Somebody in this process has it whose note is gone. The file stays open on purpose: closing
      // it would take the lock from them.
      file = null;
      throw inUse(directory, "this process (" + pid + ")");
    } finally {
      if (!locked) {
        if (noted == null) {
          System.getProperties().remove(note, place);
        } else {
          System.getProperties().replace(note, place, noted);
        }
        close(file);
      }
    }
  }

  private static boolean isFolder(Object place, @Nullable Object key) {
    try {
      return key != null && key.equals(FileIdentity.of(Path.of(place.toString())).key());
    } catch (IOException e) {
      return false;
    }
  }

  private static void lock(Path directory, Path path, RandomAccessFile file) throws IOException {
    @Nullable FileLock lock =
        Uninterruptibly.run(() -> file.getChannel().tryLock(LOCKED_BYTE, 1, false));
    if (lock == null) {
      String owner = Files.readString(path).strip();
      throw inUse(directory, owner.isEmpty() ? "another process" : "process " + owner);
    }
  }

  private static void close(@Nullable RandomAccessFile file) throws IOException {
    if (file != null) {
      file.close();
    }
  }

  private static GalleryException inUse(Path directory, String owner) {
    return new GalleryException(
        Reason.IN_USE,
        directory,
        "the gallery is open in "
            + owner
            + "; wait until it ends, use that gallery, or open this one read-only");
  }

  @Override
  public void close() throws IOException {
    try {
      file.close();
    } finally {
      System.getProperties().remove(note, place);
    }
  }
}
