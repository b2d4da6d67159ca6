package io.facepipeline.gallery.log;

import io.facepipeline.gallery.GalleryException;
import io.facepipeline.gallery.GalleryException.Reason;
import io.facepipeline.gallery.log.GalleryEnd.State;
import io.facepipeline.gallery.log.GalleryLogReader.Acknowledged;
import io.facepipeline.gallery.log.GalleryRecord.Head;
import io.facepipeline.gallery.memory.FaceTable;
import io.facepipeline.gallery.memory.GalleryChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What reading a gallery's folder found; nothing is written.
 *
 * @param table the people and faces
 * @param read what the log holds
 * @param states what is known of its end
 * @param known whether that is known of this log
 * @param nextId the least id that no face ever had
 * @param log which file was read
 */
record GalleryReading(
    FaceTable table,
    GalleryLogReader.Result read,
    List<State> states,
    boolean known,
    long nextId,
    FileIdentity log) {
  /**
   * Reads a folder.
   *
   * @param salvage whether to go on without what is damaged
   * @param inPlace whether the vectors are to stay in the log
   * @throws GalleryException if something that was acknowledged cannot be read
   */
  static GalleryReading of(GalleryFolder folder, boolean salvage, boolean inPlace)
      throws IOException {
    Path file = folder.log();
    List<State> states = GalleryEnd.read(folder.path());
    FileIdentity identity = FileIdentity.of(file);
    try (GalleryLogReader reader = new GalleryLogReader(file, inPlace)) {
      Head head = reader.head();
      Optional<State> state =
          head.version() > 1 ? GalleryEnd.of(head.salt(), states) : Optional.empty();
      if (head.version() > 1 && state.isEmpty() && !salvage) {
        throw new GalleryException(
            Reason.DAMAGED,
            folder.path().resolve(GalleryEnd.NAME),
            "is missing, damaged or of another log, so the log may be incomplete; restore both"
                + " files from a copy, or copy the folder and open it with"
                + " Gallery.in(folder).salvage(), which keeps what can be read");
      }
      Acknowledged acknowledged = state.map(Acknowledged::of).orElse(Acknowledged.UNKNOWN);
      long row = Long.BYTES + head.dimensions() * (long) Float.BYTES;
      int expected = (int) Math.min(Integer.MAX_VALUE / 2, 64 + Files.size(file) / row);
      FaceTable table = new FaceTable(head.dimensions(), expected);
      long[] nextId = {head.nextId()};
      GalleryLogReader.Result read =
          reader.read(head, Long.MAX_VALUE, acknowledged, change -> replay(table, change, nextId));
      if (!read.losses().isEmpty() && !salvage) {
        throw damaged(file, read);
      }
      boolean known = state.isPresent();
      if (read.end() < read.readTo() && read.losses().isEmpty()) {
        // The last change is not whole, but a part of it is in the table: once more without.
        FaceTable again = new FaceTable(head.dimensions(), expected);
        GalleryLogReader.Result whole =
            reader.read(head, read.end(), acknowledged, change -> replay(again, change, nextId));
        return new GalleryReading(again, whole, states, known, nextId[0], identity);
      }
      return new GalleryReading(table, read, states, known, nextId[0], identity);
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

  private static GalleryException damaged(Path file, GalleryLogReader.Result read) {
    return new GalleryException(
        Reason.DAMAGED,
        file,
        "is damaged: "
            + read.losses()
            + " can no longer be read, "
            + (read.records() - 1)
            + " other changes can. Restore the file from a copy; or copy the folder and open it"
            + " with Gallery.in(folder).salvage(), which opens it without the lost records (if one"
            + " was a removal, the person is back)");
  }

  Head head() {
    return read.head();
  }

  /** Bytes after the last change that is whole. */
  long unfinished() {
    return read.size() - read.end();
  }

  /** Whether the log has to be written anew before changes are appended. */
  boolean needsRewriting() {
    return !read.losses().isEmpty() || !known || head().version() < GalleryRecord.FORMAT_VERSION;
  }

  /** Whether the log is the one that was read. */
  boolean isStill(GalleryFolder folder) throws IOException {
    return log.isStill(folder.log()) && Files.size(folder.log()) == read.size();
  }
}
