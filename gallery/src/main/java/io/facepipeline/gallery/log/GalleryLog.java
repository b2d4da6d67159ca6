package io.facepipeline.gallery.log;

import io.facepipeline.flight.FlightRecord;
import io.facepipeline.flight.FlightRecord.Kind;
import io.facepipeline.gallery.GalleryException;
import io.facepipeline.gallery.GalleryException.Reason;
import io.facepipeline.gallery.log.GalleryEnd.State;
import io.facepipeline.gallery.log.GalleryRecord.Chain;
import io.facepipeline.gallery.log.GalleryRecord.Head;
import io.facepipeline.gallery.memory.GalleryChange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Appends changes to a gallery's log. What fails is taken back, so that the log ends where it ended
 * before. Before a change is written, and again before it is acknowledged, it is looked at whether
 * the folder is still this writer's: the lock alone does not tell, since the system drops it when
 * the process closes the lock's file anywhere. For one thread at a time.
 */
final class GalleryLog implements AutoCloseable {
  private static final int BUFFER = 4 << 20;
  private static final int FIRST_BUFFER = 1 << 14;

  private final Path path;
  private final LogFile file;
  private final Head head;
  private byte[] buffer = new byte[FIRST_BUFFER];
  private final @Nullable FileIdentity identity;
  private final @Nullable GalleryEnd end;
  private int buffered;
  private long length;
  private long number;
  private int last;
  private long lastAt;
  private boolean lost;
  private @Nullable IOException broken;

  /** Without an end: a log that is written aside and is nobody's yet. */
  private GalleryLog(Path path, LogFile file, Head head, @Nullable GalleryEnd end)
      throws IOException {
    this.path = path;
    this.file = file;
    this.head = head;
    this.end = end;
    this.identity = end == null ? null : FileIdentity.of(path);
  }

  /** Begins a log in a new file. */
  static GalleryLog create(Path path, Head head, LogFile.Opener opener) throws IOException {
    LogFile file = opener.open(path);
    try {
      file.truncate(0);
      GalleryLog log = new GalleryLog(path, file, head, null);
      log.put(GalleryRecord.encode(head));
      return log;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Goes on with a log.
   *
   * @param end says how far it reaches
   * @param lastAt where the record begins that ends there
   */
  static GalleryLog resume(Path path, Head head, GalleryEnd end, long lastAt, LogFile.Opener opener)
      throws IOException {
    LogFile file = opener.open(path);
    try {
      GalleryLog log = new GalleryLog(path, file, head, end);
      log.length = end.state().length();
      log.number = end.state().nextNumber();
      log.last = end.state().last();
      log.lastAt = lastAt;
      return log;
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** The same log after its file got another name. */
  GalleryLog reopened(Path newPath, GalleryEnd owned, LogFile.Opener opener) throws IOException {
    GalleryLog log = new GalleryLog(newPath, opener.open(newPath), head, owned);
    log.length = length;
    log.number = number;
    log.last = last;
    log.lastAt = lastAt;
    return log;
  }

  long length() {
    return length;
  }

  Head head() {
    return head;
  }

  LogMark mark() {
    return new LogMark(head.salt(), length, lastAt, last);
  }

  /** How far the log reaches, for the file that says so. */
  State state(long owner) {
    return new State(0, head.salt(), length, number, last, owner);
  }

  /** Writes how far the log reaches once more, after the end of another was written. */
  void noteEnd(long owner) {
    if (end == null) {
      return;
    }
    try {
      lost |= !end.writeIfOurs(state(owner));
    } catch (IOException e) {
      broken = e;
    }
  }

  /** Cuts off what follows; only for what is kept elsewhere or was never acknowledged. */
  void cut() throws IOException {
    file.truncate(length);
    file.force();
  }

  /**
   * Appends changes, all or none, and returns once they are on the disk.
   *
   * @throws GalleryException if the disk is full or failed, or somebody else has the folder now
   */
  void append(List<GalleryChange> changes) {
    long before = length;
    FlightRecord record = FlightRecord.begin(Kind.GALLERY_WRITE);
    try {
      acknowledged(() -> write(changes));
      record.faces(GalleryChange.facesAdded(changes)).bytes(length - before);
    } catch (RuntimeException | Error e) {
      record.failed(e);
      throw e;
    } finally {
      record.end();
    }
  }

  /** Notes that another log is going to take the place of this one. */
  void appendClose() {
    acknowledged(() -> put(GalleryRecord.encodeClose(number, chain())));
  }

  /** Something that writes. */
  @FunctionalInterface
  private interface Writing {
    void run() throws IOException;
  }

  private void acknowledged(Writing writing) {
    if (broken != null) {
      throw new GalleryException(
          Reason.STORAGE,
          path,
          "an earlier write failed and could not be undone; close the gallery, check the disk, and"
              + " open it again",
          broken);
    }
    requireOurs();
    Mark start = new Mark(length, number, last, lastAt);
    boolean done = false;
    try {
      writing.run();
      force();
      requireOurs();
      acknowledge();
      done = true;
    } catch (IOException e) {
      throw new GalleryException(
          Reason.STORAGE,
          path,
          "the change could not be written and was not made; free some space on the disk: " + e,
          e);
    } finally {
      if (!done) {
        takeBack(start);
      }
    }
  }

  private record Mark(long length, long number, int last, long lastAt) {}

  private void acknowledge() throws IOException {
    if (end != null && !end.writeIfOurs(end.state().of(length, number, last))) {
      lost = true;
      requireOurs();
    }
  }

  /**
   * Refuses if the files are not as this writer left them.
   *
   * @throws GalleryException if somebody else has written, or put other files there
   */
  void requireOurs() {
    if (lost || !isOurs()) {
      lost = true;
      throw new GalleryException(
          Reason.TAKEN_OVER,
          path,
          "is not as this gallery left it: another program has opened the folder, written to it, or"
              + " replaced its files; the change was not made. Close this gallery and open it"
              + " again, and let only one program at a time use the folder");
    }
  }

  private boolean isOurs() {
    if (end == null || identity == null) {
      return true;
    }
    try {
      byte[] header = new byte[GalleryRecord.HEADER_BYTES];
      return identity.isStill(path)
          && file.length() == length
          && file.read(lastAt, header)
          && GalleryRecord.headerChecksum(header) == last
          && end.isOurs();
    } catch (IOException e) {
      throw new GalleryException(
          Reason.STORAGE,
          path,
          "cannot be read, and the change was not made; check the disk: " + e,
          e);
    }
  }

  private void takeBack(Mark start) {
    long reached = length;
    buffered = 0;
    length = start.length;
    number = start.number;
    last = start.last;
    lastAt = start.lastAt;
    if (lost) {
      // What stands there now is no longer ours to cut.
      return;
    }
    try {
      if (file.length() > reached || (end != null && !end.isOurs())) {
        lost = true;
        return;
      }
      cut();
    } catch (IOException e) {
      broken = e;
    }
  }

  /** Appends changes that count all or none, without waiting for the disk. */
  void write(List<GalleryChange> changes) throws IOException {
    for (int i = 0; i < changes.size(); i++) {
      boolean continues = i + 1 < changes.size();
      put(GalleryRecord.encode(changes.get(i), head.dimensions(), continues, number, chain()));
    }
  }

  private Chain chain() {
    return new Chain(head.salt(), last);
  }

  void force() throws IOException {
    flush();
    file.force();
  }

  private void put(byte[] record) throws IOException {
    if (record.length > BUFFER - buffered) {
      flush();
    }
    if (record.length > BUFFER) {
      file.write(record, 0, record.length);
    } else {
      if (record.length > buffer.length - buffered) {
        buffer = Arrays.copyOf(buffer, Math.min(BUFFER, 2 * (buffered + record.length)));
      }
      System.arraycopy(record, 0, buffer, buffered, record.length);
      buffered += record.length;
    }
    lastAt = length;
    last = GalleryRecord.headerChecksum(record);
    length += record.length;
    number++;
  }

  private void flush() throws IOException {
    if (buffered > 0) {
      file.write(buffer, 0, buffered);
      buffered = 0;
    }
  }

  /** Closes the file and writes nothing more. */
  void abandon() throws IOException {
    file.close();
  }

  /** Makes sure that the end is known from now on, and closes the files. */
  @Override
  public void close() throws IOException {
    try (file;
        GalleryEnd closing = end) {
      if (closing != null && broken == null && !lost && isOurs()) {
        closing.settleIfOurs();
      }
    }
  }
}
