package io.facepipeline.gallery.log;

import io.facepipeline.gallery.memory.FaceCodes;
import io.facepipeline.gallery.memory.Snapshot;
import io.facepipeline.internal.Workers;
import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the codes of a log's vectors, and keeps them in a file beside it, so that the next opening
 * need not. The file holds nothing that the log does not: what is not as it was written, or not of
 * this log, is made anew.
 */
final class GalleryCodes {
  private static final System.Logger LOG = System.getLogger(GalleryCodes.class.getName());

  /** Panels that are encoded before they are written. */
  private static final int BATCH = 64;

  /** Of so many panels one may be missing in the file: those are kept in memory instead. */
  private static final int FEW = 32;

  private final GalleryFolder folder;
  private final LogFile.Opener opener;
  private final Workers workers;
  private final int least;

  /**
   * Prepares.
   *
   * @param least of fewer faces no codes are made
   */
  GalleryCodes(GalleryFolder folder, LogFile.Opener opener, Workers workers, int least) {
    this.folder = folder;
    this.opener = opener;
    this.workers = workers;
    this.least = least;
  }

  /**
   * The codes of all rows, which all stand in the log; null if there are none. Reading alone uses
   * what is in the folder.
   *
   * @param log how far the log reaches, in which the rows stand
   * @param owner whose the file is that is written; null for reading alone
   */
  @Nullable FaceCodes of(Snapshot snapshot, int dimensions, LogMark log, @Nullable Long owner) {
    try {
      boolean wanted = snapshot.rows() >= least && opener.maps() && snapshot.vectors().slots() == 0;
      CodesFile kept = CodesFile.read(folder, dimensions, log);
      if (owner != null && (kept == null || !wanted)) {
        // It may hold somebody who was removed.
        Files.deleteIfExists(folder.codes());
      }
      return wanted ? of(snapshot, dimensions, log, owner, kept) : null;
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          folder.codes() + ": cannot be used, so searches take longer; check the disk: " + e,
          e);
      return null;
    }
  }

  private @Nullable FaceCodes of(
      Snapshot snapshot,
      int dimensions,
      LogMark log,
      @Nullable Long owner,
      @Nullable CodesFile kept)
      throws IOException {
    int rows = snapshot.rows();
    long[] keys = keys(snapshot, log);
    IntBuffer[] panels = new IntBuffer[keys.length];
    if (kept != null) {
      IntBuffer[] found = kept.map(owner != null);
      workers.forEach(
          Math.min(panels.length, found.length),
          i -> panels[i] = kept.holds(i, keys[i], found[i]) ? found[i] : null);
    }
    int[] missing = IntStream.range(0, panels.length).filter(i -> panels[i] == null).toArray();
    if (missing.length > panels.length / FEW) {
      return owner != null && write(snapshot, dimensions, log, owner, keys, panels)
          ? mapped(dimensions, log, rows, keys)
          : null;
    }
    AtomicBoolean whole = new AtomicBoolean(true);
    workers.forEach(
        missing.length,
        i -> {
          int[] panel = new int[FaceCodes.panelInts(dimensions)];
          if (!FaceCodes.encode(snapshot.vectors(), dimensions, missing[i], rows, panel)) {
            whole.set(false);
          }
          panels[missing[i]] = IntBuffer.wrap(panel);
        });
    return whole.get() ? new FaceCodes(dimensions, panels, rows) : null;
  }

  /** What was written, unless another program has put something else there. */
  private @Nullable FaceCodes mapped(int dimensions, LogMark log, int rows, long[] keys)
      throws IOException {
    CodesFile written = CodesFile.read(folder, dimensions, log);
    return written != null && Arrays.equals(written.keys(), keys)
        ? new FaceCodes(dimensions, written.map(true), rows)
        : null;
  }

  /** What tells the rows of each panel: where in which log they stand. */
  private static long[] keys(Snapshot snapshot, LogMark log) {
    int rows = snapshot.rows();
    long[] keys = new long[FaceCodes.panels(rows)];
    for (int row = 0; row < rows; row++) {
      int panel = row / FaceCodes.PANEL;
      long key = row % FaceCodes.PANEL == 0 ? log.salt() : keys[panel];
      key = (key ^ snapshot.vectors().placeInLog(row)) * 0x9E3779B97F4A7C15L;
      keys[panel] = key ^ (key >>> 32);
    }
    return keys;
  }

  /** Writes all, of which some may be known, and says whether they could be. */
  private boolean write(
      Snapshot snapshot, int dimensions, LogMark log, long owner, long[] keys, IntBuffer[] known)
      throws IOException {
    int ints = FaceCodes.panelInts(dimensions);
    int[] checksums = new int[keys.length];
    AtomicBoolean whole = new AtomicBoolean(true);
    try {
      try (LogFile file = opener.open(folder.freshCodes(owner))) {
        OwnerOnly.like(folder.log(), folder.freshCodes(owner));
        file.truncate(0);
        put(file, CodesFile.header(dimensions, snapshot.rows(), log));
        for (int from = 0; from < keys.length && whole.get(); from += BATCH) {
          int first = from;
          byte[][] batch = new byte[Math.min(BATCH, keys.length - from)][];
          workers.forEach(
              batch.length,
              i -> {
                int[] panel = new int[ints];
                IntBuffer old = known[first + i];
                if (old != null) {
                  old.get(0, panel);
                } else if (!FaceCodes.encode(
                    snapshot.vectors(), dimensions, first + i, snapshot.rows(), panel)) {
                  whole.set(false);
                }
                batch[i] = CodesFile.bytes(panel);
                checksums[first + i] = CodesFile.crc(batch[i]);
              });
          for (byte[] panel : batch) {
            put(file, panel);
          }
        }
        put(file, CodesFile.table(keys, checksums));
      }
      if (whole.get()) {
        opener.replace(folder.freshCodes(owner), folder.codes());
      }
      return whole.get();
    } finally {
      Files.deleteIfExists(folder.freshCodes(owner));
    }
  }

  private static void put(LogFile file, byte[] bytes) throws IOException {
    file.write(bytes, 0, bytes.length);
  }
}
