package io.facepipeline.gallery.log;

import io.facepipeline.ModelCard;
import io.facepipeline.gallery.GalleryException;
import io.facepipeline.gallery.GalleryException.Reason;
import io.facepipeline.gallery.GalleryRecovery;
import io.facepipeline.gallery.log.GalleryRecord.Head;
import io.facepipeline.gallery.memory.LogMap;
import java.io.EOFException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens a gallery's folder, whatever state it was left in, and whoever else is at work there. */
public final class GalleryOpening {
  /** So often a folder is read that another program changes meanwhile. */
  private static final int ATTEMPTS = 20;

  private GalleryOpening() {}

  /**
   * Opens a folder for reading alone; it may be open elsewhere, and nothing is written.
   *
   * @throws GalleryException if it holds no gallery, or cannot be read
   */
  public static GalleryStore readOnly(Path path, LogFile.Opener opener) {
    GalleryFolder folder = new GalleryFolder(path);
    folder.requireUsual();
    if (!folder.holdsGallery()) {
      throw new GalleryException(
          Reason.NOT_FOUND, path, "holds no gallery; opening it for writing creates one");
    }
    try {
      for (int attempt = 1; ; attempt++) {
        GalleryFolder.Version version = folder.version();
        try {
          GalleryReading reading = GalleryReading.of(folder, false, opener.maps());
          reading.table().share(map(folder, reading, opener));
          if (reading.log().isStill(folder.log())) {
            GalleryRecovery recovery = recovery(reading, List.of(), List.of());
            return new GalleryStore(folder, opener, null, reading, recovery);
          }
        } catch (GalleryException | IOException e) {
          // Whoever has it open for writing may just have put another log there.
          if (attempt == ATTEMPTS || folder.version().equals(version)) {
            throw e;
          }
        }
        if (attempt == ATTEMPTS) {
          throw changing(folder);
        }
      }
    } catch (IOException e) {
      throw new GalleryException(
          Reason.STORAGE, path, "cannot be read; check the files' rights and the disk: " + e, e);
    }
  }

  /**
   * Opens a folder.
   *
   * @param fresh what to begin a log with if there is none; null: that is an error
   * @param salvage whether to go on without what is damaged
   */
  public static GalleryStore writable(
      Path path, @Nullable Head fresh, boolean salvage, LogFile.Opener opener) {
    GalleryFolder folder = new GalleryFolder(path);
    folder.requireUsual();
    boolean there = folder.holdsGallery();
    if (fresh == null && !there) {
      throw new GalleryException(
          Reason.NOT_FOUND,
          path,
          "holds no gallery; pass the embedder's card to create one: Gallery.open(folder, card)");
    }
    GalleryLock lock = null;
    GalleryStore store = null;
    try {
      Files.createDirectories(path);
      lock = GalleryLock.acquire(path);
      if (fresh != null && !folder.holdsGallery()) {
        begin(folder, fresh, opener);
      }
      folder.ownEnd();
      for (int attempt = 1; store == null; attempt++) {
        GalleryFolder.Version version = folder.version();
        try {
          GalleryReading reading = GalleryReading.of(folder, salvage, opener.maps());
          store = take(folder, lock, reading, opener);
        } catch (GalleryException | IOException e) {
          // Where somebody put another log there meanwhile, it says nothing of that one; and a log
          // that ends before what was its size has been cut back by its writer meanwhile.
          boolean changed = e instanceof EOFException || !folder.version().equals(version);
          if (attempt == ATTEMPTS || !changed) {
            throw e;
          }
        }
        if (store == null && attempt == ATTEMPTS) {
          throw changing(folder);
        }
      }
      return store;
    } catch (IOException e) {
      throw new GalleryException(
          Reason.STORAGE,
          path,
          "cannot be opened for writing: " + e + "; open it read-only if reading is enough",
          e);
    } finally {
      if (store == null && lock != null) {
        GalleryStore.release(lock);
      }
    }
  }

  private static GalleryException changing(GalleryFolder folder) {
    return new GalleryException(
        Reason.IN_USE,
        folder.path(),
        "another program keeps changing the gallery; wait until it ends, or use that gallery");
  }

  private static void begin(GalleryFolder folder, Head fresh, LogFile.Opener opener)
      throws IOException {
    folder.keepFresh();
    GalleryLog begun = GalleryLog.create(folder.fresh(fresh.salt()), fresh, opener);
    try (begun) {
      begun.force();
    }
    // The end first: a log without one is damaged.
    try (GalleryEnd end =
        GalleryEnd.take(
            folder.path(), GalleryEnd.read(folder.path()), begun.state(fresh.salt()), opener)) {
      if (end == null) {
        throw changing(folder);
      }
      end.settle(end.state());
    }
    opener.replace(folder.fresh(fresh.salt()), folder.log());
    GalleryFolder.forceNames(folder.path());
    Path parent = folder.path().toAbsolutePath().getParent();
    if (parent != null) {
      GalleryFolder.forceNames(parent);
    }
  }

  private static FloatBuffer[] map(
      GalleryFolder folder, GalleryReading reading, LogFile.Opener opener) throws IOException {
    return opener.maps()
        ? LogMap.of(folder.log(), reading.read().end(), reading.head().dimensions())
        : new FloatBuffer[0];
  }

  private static GalleryRecovery recovery(
      GalleryReading reading, List<String> leftovers, List<String> setAside) {
    return new GalleryRecovery(
        reading.read().records() - 1,
        reading.unfinished(),
        leftovers,
        setAside,
        reading.read().losses());
  }

  /** Goes on with a folder that was read; null if it is not as it was read any more. */
  private static @Nullable GalleryStore take(
      GalleryFolder folder, GalleryLock lock, GalleryReading reading, LogFile.Opener opener)
      throws IOException {
    // Nothing that cannot be read is cut off or written over before it is kept elsewhere.
    List<String> setAside = new ArrayList<>();
    if (reading.needsRewriting() && reading.head().version() == GalleryRecord.FORMAT_VERSION) {
      setAside.add(folder.setAsideLog());
    } else if (reading.unfinished() > 0) {
      setAside.add(folder.setAside(reading.read().end(), reading.read().size()));
    }
    reading.table().share(map(folder, reading, opener));
    GalleryStore store =
        new GalleryStore(folder, opener, lock, reading, recovery(reading, List.of(), setAside));
    boolean taken = false;
    try {
      if (reading.needsRewriting() ? store.rewrite(reading) : store.goOn(reading)) {
        List<String> leftovers = store.clearLeftovers();
        store.noteRecovery(recovery(reading, leftovers, setAside));
        taken = true;
      }
      return taken ? store : null;
    } finally {
      if (!taken) {
        store.closeFiles();
      }
    }
  }

  /** What a new gallery's log begins with. */
  public static Head head(Path folder, ModelCard card, @Nullable Float threshold) {
    boolean there = new GalleryFolder(folder).holdsGallery();
    float cosine = threshold != null ? threshold : there ? 0 : card.identificationThreshold();
    return new Head(
        GalleryRecord.FORMAT_VERSION,
        GalleryStore.newSalt(),
        card.embeddingSize(),
        cosine,
        1,
        card.fingerprint());
  }
}
