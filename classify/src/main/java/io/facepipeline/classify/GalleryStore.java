package io.facepipeline.classify;

import io.facepipeline.ModelCard;
import io.facepipeline.ProgressListener;
import io.facepipeline.classify.FaceTable.Person;
import io.facepipeline.classify.FaceTable.Snapshot;
import io.facepipeline.classify.GalleryException.Reason;
import io.facepipeline.classify.GalleryRecord.Head;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A gallery's folder: the lock, the log, and how the log is read and made anew. */
final class GalleryStore implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(GalleryStore.class.getName());
  private static final String LOG_NAME = "faces.log";
  private static final String FRESH_NAME = "faces.log.tmp";

  private final Path folder;
  private final LogFile.Opener opener;
  private final GalleryLock lock;
  private final FaceTable table;
  private final GalleryRecovery recovery;
  private GalleryLog log;
  private long nextId;
  private String model;

  private GalleryStore(
      Path folder,
      LogFile.Opener opener,
      GalleryLock lock,
      FaceTable table,
      GalleryRecovery recovery,
      GalleryLog log,
      long nextId) {
    this.folder = folder;
    this.opener = opener;
    this.lock = lock;
    this.table = table;
    this.recovery = recovery;
    this.log = log;
    this.nextId = nextId;
    this.model = log.head().model();
  }

  /** What the log says of the embedder when it is written anew. */
  void noteModel(String fingerprint) {
    model = fingerprint;
  }

  /**
   * Opens a folder.
   *
   * @param fresh what to begin a log with if there is none; null: that is an error
   * @param salvage whether to go on without what is damaged
   */
  static GalleryStore open(
      Path folder, @Nullable Head fresh, boolean salvage, LogFile.Opener opener) {
    Path file = folder.resolve(LOG_NAME);
    if (fresh == null && !Files.exists(file)) {
      throw new GalleryException(
          Reason.NOT_FOUND,
          folder,
          "holds no gallery; give the embedder's card to make one: Gallery.open(folder, card)");
    }
    GalleryLock lock = null;
    GalleryStore store = null;
    try {
      Files.createDirectories(folder);
      lock = GalleryLock.acquire(folder);
      boolean leftover = Files.deleteIfExists(folder.resolve(FRESH_NAME));
      if (fresh != null && !Files.exists(file)) {
        GalleryLog begun = GalleryLog.create(folder.resolve(FRESH_NAME), fresh, opener);
        try (begun) {
          begun.force();
        }
        Files.move(folder.resolve(FRESH_NAME), file, StandardCopyOption.ATOMIC_MOVE);
        forceNames(folder);
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) {
          forceNames(parent);
        }
      }
      store = read(folder, lock, salvage, leftover ? List.of(FRESH_NAME) : List.of(), opener);
      return store;
    } catch (IOException e) {
      throw new GalleryException(Reason.STORAGE, folder, "cannot be opened: " + e, e);
    } finally {
      if (store == null && lock != null) {
        release(lock);
      }
    }
  }

  private static GalleryStore read(
      Path folder, GalleryLock lock, boolean salvage, List<String> leftovers, LogFile.Opener opener)
      throws IOException {
    Path file = folder.resolve(LOG_NAME);
    try (GalleryLogReader reader = new GalleryLogReader(file, opener.maps())) {
      Head head = reader.head();
      long row = Long.BYTES + head.dimensions() * (long) Float.BYTES;
      int expected = (int) Math.min(Integer.MAX_VALUE / 2, 64 + Files.size(file) / row);
      FaceTable table = new FaceTable(head.dimensions(), expected);
      long[] nextId = {head.nextId()};
      GalleryLogReader.Result read =
          reader.read(head, Long.MAX_VALUE, change -> replay(table, change, nextId));
      if (!read.losses().isEmpty() && !salvage) {
        throw damaged(file, read);
      }
      if (read.end() < read.readTo()) {
        // The last change is not whole, but a part of it is in the table: once more without.
        FaceTable again = new FaceTable(head.dimensions(), expected);
        GalleryLogReader.Result whole =
            reader.read(head, read.end(), change -> replay(again, change, nextId));
        return opened(folder, lock, again, leftovers, whole, nextId[0], opener);
      }
      return opened(folder, lock, table, leftovers, read, nextId[0], opener);
    }
  }

  private static void replay(FaceTable table, GalleryChange change, long[] nextId) {
    if (change instanceof GalleryChange.Enroll enroll) {
      for (long id : enroll.ids()) {
        nextId[0] = Math.max(nextId[0], id + 1);
      }
    }
    table.replay(change);
  }

  private static GalleryStore opened(
      Path folder,
      GalleryLock lock,
      FaceTable table,
      List<String> leftovers,
      GalleryLogReader.Result read,
      long nextId,
      LogFile.Opener opener)
      throws IOException {
    GalleryRecovery recovery =
        new GalleryRecovery(read.records() - 1, read.size() - read.end(), leftovers, read.losses());
    if (!recovery.isClean()) {
      LOG.log(System.Logger.Level.WARNING, folder + ": " + recovery);
    }
    Path file = folder.resolve(LOG_NAME);
    GalleryLog log = GalleryLog.resume(file, read, opener);
    table.share(
        opener.maps() ? LogMap.of(file, read.end(), read.head().dimensions()) : new FloatBuffer[0]);
    GalleryStore store = new GalleryStore(folder, opener, lock, table, recovery, log, nextId);
    boolean whole = recovery.losses().isEmpty();
    try {
      if (!whole) {
        store.compact(ProgressListener.NONE);
        whole = true;
      }
      return store;
    } finally {
      if (!whole) {
        store.log.abandon();
      }
    }
  }

  private static GalleryException damaged(Path file, GalleryLogReader.Result read) {
    return new GalleryException(
        Reason.DAMAGED,
        file,
        "is damaged: "
            + read.losses()
            + " cannot be read any more, "
            + (read.records() - 1)
            + " other changes can. Restore the file from a copy; or copy the folder and open it"
            + " with Gallery.builder(folder).salvage(), which goes on without what is lost (if that"
            + " was a removal, the person is back)");
  }

  FaceTable table() {
    return table;
  }

  Head head() {
    return log.head();
  }

  GalleryRecovery recovery() {
    return recovery;
  }

  long nextId() {
    return nextId;
  }

  long bytes() {
    return log.length();
  }

  /** The size of a log of what a snapshot shows. */
  long liveBytes(Snapshot snapshot) {
    Head head = log.head();
    return GalleryRecord.encode(head).length
        + snapshot.everyone().stream()
            .mapToLong(
                p -> GalleryRecord.size(p.label(), p.metadata(), p.faces(), head.dimensions()))
            .sum();
  }

  /** Writes changes down, all or none. */
  void append(List<GalleryChange> changes, long newNextId) {
    log.append(changes);
    nextId = newNextId;
  }

  /** Writes a log of what is there now, and puts it in the old one's place. */
  void compact(ProgressListener listener) {
    Head old = log.head();
    Head head =
        new Head(
            GalleryRecord.FORMAT_VERSION,
            newSalt(),
            old.dimensions(),
            old.threshold(),
            nextId,
            model);
    Path file = folder.resolve(FRESH_NAME);
    GalleryLog fresh;
    long[] places;
    boolean written = false;
    try {
      Files.deleteIfExists(file);
      fresh = GalleryLog.create(file, head, opener);
      try (GalleryLog target = fresh) {
        // Only the writer changes the table, and the writer is here.
        places = copy(table.read(snapshot -> snapshot), target, listener);
        target.force();
      }
      written = true;
      replaceLog(fresh);
      if (opener.maps()) {
        table.moveToLog(
            LogMap.of(folder.resolve(LOG_NAME), log.length(), head.dimensions()), places);
      }
    } catch (IOException e) {
      throw new GalleryException(
          Reason.STORAGE,
          folder,
          "compacting failed and lost nothing; it needs as much free space as the faces take up: "
              + e,
          e);
    } finally {
      if (!written) {
        file.toFile().delete();
      }
    }
  }

  /** Writes everyone, and says where each row's vector stands now. */
  private static long[] copy(Snapshot snapshot, GalleryLog target, ProgressListener listener)
      throws IOException {
    long[] places = new long[snapshot.rows()];
    int dimensions = target.head().dimensions();
    int most = GalleryChange.mostFaces(dimensions);
    List<Person> people = snapshot.everyone();
    for (int p = 0; p < people.size(); p++) {
      Person person = people.get(p);
      int[] rows = snapshot.rowsOf(person);
      Map<String, String> metadata = person.metadata();
      for (int from = 0; from < rows.length; from += most) {
        int[] some = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + most));
        long[] ids = new long[some.length];
        float[] vectors = new float[some.length * dimensions];
        long place =
            target.length() + GalleryRecord.vectorsAt(person.label(), metadata, some.length);
        for (int i = 0; i < some.length; i++) {
          ids[i] = snapshot.idOfRow()[some[i]];
          snapshot.vectors().copyRow(some[i], vectors, i * dimensions);
          places[some[i]] = place + (long) i * dimensions * Float.BYTES;
        }
        target.write(
            List.of(new GalleryChange.Enroll(person.label(), false, metadata, ids, vectors, -1)));
        metadata = Map.of();
      }
      listener.progress(p + 1, people.size(), person.label());
    }
    return places;
  }

  private void replaceLog(GalleryLog fresh) throws IOException {
    GalleryLog now = log;
    // Some systems do not replace a file that is open.
    log.abandon();
    try {
      Files.move(
          folder.resolve(FRESH_NAME),
          folder.resolve(LOG_NAME),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      now = fresh;
      forceNames(folder);
    } finally {
      log = now.reopened(folder.resolve(LOG_NAME), opener);
    }
  }

  /** What a new gallery's log begins with. */
  static Head head(Path folder, ModelCard card, @Nullable Float threshold) {
    boolean there = Files.exists(folder.resolve(LOG_NAME));
    float cosine = threshold != null ? threshold : there ? 0 : card.identificationThreshold();
    return new Head(
        GalleryRecord.FORMAT_VERSION,
        newSalt(),
        card.embeddingSize(),
        cosine,
        1,
        card.fingerprint());
  }

  private static long newSalt() {
    return new SecureRandom().nextLong();
  }

  /** Makes a renamed file keep its name if the power fails. */
  private static void forceNames(Path folder) throws IOException {
    // Windows does this by itself, and does not open folders.
    if (!System.getProperty("os.name", "").startsWith("Windows")) {
      try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
        directory.force(true);
      }
    }
  }

  private static void release(GalleryLock lock) {
    try {
      lock.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a gallery's lock could not be released", e);
    }
  }

  @Override
  public void close() {
    try {
      log.close();
    } catch (IOException e) {
      throw new GalleryException(
          Reason.STORAGE,
          folder,
          "closing failed; what was acknowledged is kept all the same: " + e,
          e);
    } finally {
      release(lock);
    }
  }
}
