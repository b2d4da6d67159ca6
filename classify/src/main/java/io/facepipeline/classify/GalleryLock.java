package io.facepipeline.classify;

import io.facepipeline.classify.GalleryException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/**
 * The right to use a gallery's folder, which one process has at a time, and in it one {@link
 * Gallery}. The system takes it back when the process ends, however it ends.
 */
final class GalleryLock implements AutoCloseable {
  private static final String NAME = "gallery.lock";

  /** Far behind the text, which others can then read on systems where a lock forbids reading. */
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  /**
   * The folders this process uses. Opening the lock file once more would not do: on POSIX systems,
   * closing it then gives up the lock.
   */
  private static final Set<Path> OWN = new HashSet<>();

  private final Path folder;
  private final FileChannel channel;

  private GalleryLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Takes the right to a folder.
   *
   * @throws GalleryException if somebody has it
   */
  static GalleryLock acquire(Path directory) throws IOException {
    Path folder = directory.toRealPath();
    Path file = folder.resolve(NAME);
    synchronized (OWN) {
      if (OWN.contains(folder)) {
        throw inUse(directory, "this process (" + ProcessHandle.current().pid() + ")");
      }
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
        if (lock == null) {
          String owner = Files.readString(file).strip();
          throw inUse(directory, owner.isEmpty() ? "another process" : "process " + owner);
        }
        channel.truncate(0);
        byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
        channel.write(ByteBuffer.wrap(pid), 0);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
      OWN.add(folder);
      return new GalleryLock(folder, channel);
    }
  }

  private static GalleryException inUse(Path directory, String owner) {
    return new GalleryException(
        Reason.IN_USE,
        directory,
        "the gallery is open in " + owner + "; wait for it to end, or share that one");
  }

  @Override
  public void close() throws IOException {
    synchronized (OWN) {
      OWN.remove(folder);
      channel.close();
    }
  }
}
