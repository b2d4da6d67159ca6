package io.facepipeline.classify;

import io.facepipeline.classify.GalleryException.Reason;
import io.facepipeline.classify.GalleryRecord.Head;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Appends changes to a gallery's log. What fails is taken back, so that the log ends where it ended
 * before. For one thread at a time.
 */
final class GalleryLog implements AutoCloseable {
  private static final int BUFFER = 4 << 20;

  private final Path path;
  private final LogFile file;
  private final Head head;
  private final byte[] buffer = new byte[BUFFER];
  private int buffered;
  private long length;
  private long number;
  private boolean changed;
  private @Nullable IOException broken;

  private GalleryLog(Path path, LogFile file, Head head, long length, long number) {
    this.path = path;
    this.file = file;
    this.head = head;
    this.length = length;
    this.number = number;
  }

  /** Begins a log in a new file. */
  static GalleryLog create(Path path, Head head, LogFile.Opener opener) throws IOException {
    LogFile file = opener.open(path);
    try {
      file.truncate(0);
      GalleryLog log = new GalleryLog(path, file, head, 0, 0);
      log.put(GalleryRecord.encode(head));
      return log;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Goes on with a log that was read, and cuts off what follows its last whole change. */
  static GalleryLog resume(Path path, GalleryLogReader.Result read, LogFile.Opener opener)
      throws IOException {
    LogFile file = opener.open(path);
    try {
      if (read.end() < read.size()) {
        file.truncate(read.end());
        file.force();
      }
    } catch (IOException e) {
      file.close();
      throw e;
    }
    GalleryLog log = new GalleryLog(path, file, read.head(), read.end(), read.nextNumber());
    log.changed = !read.closed();
    return log;
  }

  /** The same log after its file was closed, and perhaps renamed. */
  GalleryLog reopened(Path newPath, LogFile.Opener opener) throws IOException {
    GalleryLog log = new GalleryLog(newPath, opener.open(newPath), head, length, number);
    log.changed = changed;
    return log;
  }

  long length() {
    return length;
  }

  Head head() {
    return head;
  }

  /**
   * Appends changes, all or none, and returns once they are on the disk.
   *
   * @throws GalleryException if the disk is full or failed
   */
  void append(List<GalleryChange> changes) {
    if (broken != null) {
      throw new GalleryException(
          Reason.STORAGE,
          path,
          "an earlier write failed and could not be taken back; close the gallery, see to the disk,"
              + " and open it again",
          broken);
    }
    long start = length;
    long first = number;
    boolean done = false;
    try {
      write(changes);
      force();
      done = true;
    } catch (IOException e) {
      throw new GalleryException(
          Reason.STORAGE,
          path,
          "the change could not be written and was not made; free some space on the disk: " + e,
          e);
    } finally {
      if (!done) {
        takeBack(start, first);
      }
    }
  }

  private void takeBack(long start, long first) {
    buffered = 0;
    length = start;
    number = first;
    try {
      file.truncate(start);
      file.force();
    } catch (IOException e) {
      broken = e;
    }
  }

  /** Appends changes that count all or none, without waiting for the disk. */
  void write(List<GalleryChange> changes) throws IOException {
    for (int i = 0; i < changes.size(); i++) {
      boolean continues = i + 1 < changes.size();
      put(GalleryRecord.encode(changes.get(i), head.dimensions(), continues, number, head.salt()));
    }
  }

  void force() throws IOException {
    flush();
    file.force();
    changed = true;
  }

  private void put(byte[] record) throws IOException {
    if (record.length > BUFFER - buffered) {
      flush();
    }
    if (record.length > BUFFER) {
      file.write(record, 0, record.length);
    } else {
      System.arraycopy(record, 0, buffer, buffered, record.length);
      buffered += record.length;
    }
    length += record.length;
    number++;
  }

  private void flush() throws IOException {
    file.write(buffer, 0, buffered);
    buffered = 0;
  }

  /** Closes the file and writes nothing more. */
  void abandon() throws IOException {
    file.close();
  }

  /** Notes that the log ends in good order, and closes it. */
  @Override
  public void close() throws IOException {
    try {
      if (changed && broken == null) {
        put(GalleryRecord.encodeClose(number, head.salt()));
        force();
      }
    } finally {
      file.close();
    }
  }
}
