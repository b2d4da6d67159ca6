package io.facepipeline.gallery.log;

import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.GalleryException;
import io.facepipeline.gallery.GalleryException.Reason;
import io.facepipeline.gallery.GalleryRecovery;
import io.facepipeline.gallery.log.GalleryEnd.State;
import io.facepipeline.gallery.log.GalleryRecord.Head;
import io.facepipeline.gallery.memory.FaceTable;
import io.facepipeline.gallery.memory.GalleryChange;
import io.facepipeline.gallery.memory.LogMap;
import io.facepipeline.gallery.memory.Snapshot;
import io.facepipeline.gallery.store.ChangeStore;
import io.facepipeline.internal.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A gallery's folder that is open: the lock, the log, and how the log is written anew. */
public final class GalleryStore implements ChangeStore {
  private static final System.Logger LOG = System.getLogger(GalleryStore.class.getName());

  private final GalleryFolder folder;
  private final LogFile.Opener opener;
  private final FaceTable table;
  private GalleryRecovery recovery;
  private final Head head;
  private String model;
  private final long owner = new SecureRandom().nextLong();
  private final @Nullable GalleryLock lock;
  private final GalleryExports exports;
  private final State readTo;
  private final LogMark readMark;
  private volatile FileIdentity mapped;
  private volatile long bytes;
  private long nextId;
  private @Nullable GalleryEnd end;
  private @Nullable GalleryLog log;
  private @Nullable GalleryCodes codes;

  GalleryStore(
      GalleryFolder folder,
      LogFile.Opener opener,
      @Nullable GalleryLock lock,
      GalleryReading reading,
      GalleryRecovery recovery) {
    this.folder = folder;
    this.opener = opener;
    this.lock = lock;
    this.table = reading.table();
    this.recovery = recovery;
    this.head = reading.head();
    this.model = head.model();
    this.nextId = reading.nextId();
    this.bytes = reading.read().end();
    this.exports = new GalleryExports(folder.path());
    this.mapped = reading.log();
    GalleryLogReader.Result read = reading.read();
    this.readTo = new State(0, head.salt(), read.end(), read.nextNumber(), read.last(), owner);
    this.readMark = new LogMark(head.salt(), read.end(), read.lastAt(), read.last());
  }

  /** Notes what opening found, for whoever asks, and for the log where it is not all well. */
  void noteRecovery(GalleryRecovery found) {
    recovery = found;
    if (!found.isClean()) {
      LOG.log(System.Logger.Level.WARNING, folder.path() + ": " + found);
    }
  }

  /** Not before the folder is taken: whoever had it, or takes it next, may be at work. */
  List<String> clearLeftovers() throws IOException {
    List<String> cleared = new ArrayList<>();
    synchronized (GalleryEnd.TURN) {
      if (owned().isOurs()) {
        cleared.addAll(folder.clearFresh());
        cleared.addAll(exports.clear());
      }
    }
    return cleared;
  }

  boolean goOn(GalleryReading reading) throws IOException {
    GalleryLogReader.Result read = reading.read();
    if (!reading.isStill(folder)) {
      return false;
    }
    State ours = new State(0, head.salt(), read.end(), read.nextNumber(), read.last(), owner);
    GalleryEnd taken = GalleryEnd.take(folder.path(), reading.states(), ours, opener);
    end = taken;
    // From here on nobody else is acknowledged; what was until now has been read, or it is again.
    if (taken == null || !reading.isStill(folder)) {
      return false;
    }
    GalleryLog going = GalleryLog.resume(folder.log(), head, taken, read.lastAt(), opener);
    log = going;
    if (reading.unfinished() > 0) {
      going.cut();
    }
    return true;
  }

  /** Writes what was read of an older version's log, or of a damaged one, into a new log. */
  boolean rewrite(GalleryReading reading) throws IOException {
    boolean written = false;
    try (Fresh fresh = write(ProgressListener.NONE)) {
      GalleryEnd taken =
          GalleryEnd.take(folder.path(), reading.states(), fresh.log.state(owner), opener);
      end = taken;
      if (taken == null || !reading.isStill(folder)) {
        return false;
      }
      taken.force();
      written = true;
      synchronized (GalleryEnd.TURN) {
        if (!taken.isOurs()) {
          return false;
        }
        replaceLog(fresh, taken);
      }
      return true;
    } finally {
      if (!written) {
        folder.fresh(owner).toFile().delete();
      }
    }
  }

  /** What the log says of the embedder when it is written anew. */
  public void noteModel(String fingerprint) {
    model = fingerprint;
  }

  /** From now on there are codes of the log's vectors, if there are so many. */
  public void useCodes(Workers workers, int least) {
    codes = new GalleryCodes(folder, opener, workers, least);
    makeCodes();
  }

  private void makeCodes() {
    if (codes != null) {
      LogMark mark = log != null ? log.mark() : readMark;
      Snapshot snapshot = table.read(s -> s);
      table.useCodes(codes.of(snapshot, head.dimensions(), mark, isReadOnly() ? null : owner));
    }
  }

  @Override
  public String place() {
    return folder.path().toString();
  }

  public FaceTable table() {
    return table;
  }

  public Head head() {
    return head;
  }

  @Override
  public boolean isReadOnly() {
    return lock == null;
  }

  @Override
  public Optional<GalleryRecovery> recovery() {
    return Optional.of(recovery);
  }

  @Override
  public long nextId() {
    return nextId;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  /** The size of a log of what a snapshot shows. */
  @Override
  public long liveBytes(Snapshot snapshot) {
    return GalleryRecord.encode(head).length
        + snapshot.everyone().stream()
            .mapToLong(
                p -> GalleryRecord.size(p.label(), p.metadata(), p.faces(), head.dimensions()))
            .sum();
  }

  /** Writes changes down, all or none. */
  @Override
  public void append(List<GalleryChange> changes, long newNextId) {
    GalleryLog to = writable();
    to.append(changes);
    bytes = to.length();
    nextId = newNextId;
  }

  /** The log to be written to. */
  private GalleryLog writable() {
    if (log == null) {
      throw new GalleryException(
          Reason.READ_ONLY,
          folder.path(),
          "is open for reading only; open it without readOnly() to change it");
    }
    return log;
  }

  private GalleryEnd owned() {
    if (end == null) {
      throw new IllegalStateException("the gallery is not open for writing");
    }
    return end;
  }

  /** A log that is written, and where each row's vector stands in it. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Fresh(GalleryLog log, long[] places) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      log.abandon();
    }
  }

  private Fresh write(ProgressListener listener) throws IOException {
    Head anew =
        new Head(
            GalleryRecord.FORMAT_VERSION,
            newSalt(),
            head.dimensions(),
            head.threshold(),
            nextId,
            model);
    GalleryLog target = GalleryLog.create(folder.fresh(owner), anew, opener);
    boolean done = false;
    try {
      OwnerOnly.like(folder.log(), folder.fresh(owner));
      // Only the writer changes the table, and the writer is here.
      long[] places = GalleryCompaction.copy(table.read(snapshot -> snapshot), target, listener);
      target.force();
      done = true;
      return new Fresh(target, places);
    } finally {
      if (!done) {
        target.abandon();
      }
    }
  }

  /** Writes a log of what is there now, and puts it in the old one's place. */
  @Override
  public void compact(ProgressListener listener) {
    GalleryLog old = writable();
    old.requireOurs();
    FileIdentity written = null;
    try (Fresh fresh = write(listener)) {
      verify();
      // Whoever else writes to the old log either comes before this, or finds it in their way.
      old.appendClose();
      bytes = old.length();
      if (!owned().writeIfOurs(fresh.log.state(owner))) {
        old.requireOurs();
      }
      owned().force();
      written = FileIdentity.of(folder.fresh(owner));
      synchronized (GalleryEnd.TURN) {
        old.requireOurs();
        replaceLog(fresh, owned());
      }
      folder.deleteOld();
      makeCodes();
    } catch (IOException e) {
      // A rename that failed may have happened all the same.
      boolean done =
          writable().head().salt() != old.head().salt()
              || (written != null && isAt(written, folder.log()));
      if (!done) {
        // The old log goes on, so its end is the one that counts.
        GalleryLog kept = writable();
        kept.noteEnd(owner);
        kept.requireOurs();
      }
      throw new GalleryException(
          Reason.STORAGE,
          folder.path(),
          done
              ? "was compacted, but old data could not be removed: " + e
              : "compacting failed and lost nothing; it needs as much free space as the faces take:"
                  + " "
                  + e,
          e);
    } finally {
      folder.fresh(owner).toFile().delete();
    }
  }

  /**
   * Makes sure that what is read of the log is what was written; a log that another program has put
   * away is beyond that.
   *
   * @throws GalleryException if a record of somebody who is there is not as it was written
   */
  @Override
  public void verify() throws IOException {
    if (mapped.isStill(folder.log())) {
      GalleryCompaction.verify(
          folder.log(),
          log != null ? log.head() : head,
          end != null ? end.state() : readTo,
          table.read(snapshot -> snapshot));
    }
  }

  /** Notes a file that is being written, for the next opening to find if this process is killed. */
  @Override
  public void beginExport(Path part) {
    if (!isReadOnly()) {
      try {
        exports.begin(part);
      } catch (IOException e) {
        throw new GalleryException(
            Reason.STORAGE,
            folder.path(),
            "cannot record that an export is running, which is needed to clean up after a killed"
                + " one; check the folder and the disk, or export from a gallery that is open"
                + " read-only: "
                + e,
            e);
      }
    }
  }

  @Override
  public void endExport(Path part) throws IOException {
    if (!isReadOnly()) {
      exports.end(part);
    }
  }

  private static boolean isAt(FileIdentity file, Path path) {
    try {
      return file.key() != null && file.isStill(path);
    } catch (IOException e) {
      return false;
    }
  }

  private void replaceLog(Fresh fresh, GalleryEnd owned) throws IOException {
    GalleryLog now = log != null ? log : fresh.log;
    // Some systems do not replace a file that is open.
    now.abandon();
    fresh.log.abandon();
    try {
      opener.replace(folder.fresh(owner), folder.log());
      now = fresh.log;
    } finally {
      log = now.reopened(folder.log(), owned, opener);
      mapped = FileIdentity.of(folder.log());
      bytes = now.length();
    }
    GalleryFolder.forceNames(folder.path());
    owned.settle(owned.state());
    if (opener.maps()) {
      table.moveToLog(LogMap.of(folder.log(), now.length(), head.dimensions()), fresh.places);
    }
  }

  static long newSalt() {
    return new SecureRandom().nextLong();
  }

  static void release(GalleryLock lock) {
    try {
      lock.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a gallery's lock could not be released", e);
    }
  }

  /** Closes the files without another word in them. */
  void closeFiles() throws IOException {
    try {
      if (log != null) {
        log.abandon();
      }
    } finally {
      if (end != null) {
        end.close();
      }
    }
  }

  @Override
  public void close() {
    try {
      if (log != null) {
        log.close();
      }
    } catch (IOException e) {
      throw new GalleryException(
          Reason.STORAGE, folder.path(), "closing failed; acknowledged changes are kept: " + e, e);
    } finally {
      if (lock != null) {
        release(lock);
      }
    }
  }
}
