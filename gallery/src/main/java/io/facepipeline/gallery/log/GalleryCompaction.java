package io.facepipeline.gallery.log;

import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.GalleryException;
import io.facepipeline.gallery.GalleryException.Reason;
import io.facepipeline.gallery.GalleryRecovery;
import io.facepipeline.gallery.log.GalleryRecord.Head;
import io.facepipeline.gallery.memory.GalleryChange;
import io.facepipeline.gallery.memory.Person;
import io.facepipeline.gallery.memory.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Writes what a snapshot shows into a log of its own. */
final class GalleryCompaction {
  private GalleryCompaction() {}

  /** Writes everyone, and says where each row's vector stands now. */
  static long[] copy(Snapshot snapshot, GalleryLog target, ProgressListener listener)
      throws IOException {
    long[] places = new long[snapshot.rows()];
    int dimensions = target.head().dimensions();
    int most = GalleryChange.mostFaces(dimensions);
    List<Person> people = snapshot.everyone();
    for (int p = 0; p < people.size(); p++) {
      Person person = people.get(p);
      int[] rows = snapshot.rowsOf(person);
      List<Map<String, String>> metadata = parts(person.metadata());
      for (int from = 0; from < rows.length; from += most) {
        int[] some = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + most));
        Map<String, String> noted = from == 0 ? metadata.get(0) : Map.of();
        long[] ids = new long[some.length];
        float[] vectors = new float[some.length * dimensions];
        long place = target.length() + GalleryRecord.vectorsAt(person.label(), noted, some.length);
        for (int i = 0; i < some.length; i++) {
          ids[i] = snapshot.idOfRow()[some[i]];
          snapshot.vectors().copyRow(some[i], vectors, i * dimensions);
          places[some[i]] = place + (long) i * dimensions * Float.BYTES;
        }
        target.write(
            List.of(new GalleryChange.Enroll(person.label(), false, noted, ids, vectors, -1)));
      }
      for (Map<String, String> more : metadata.subList(1, metadata.size())) {
        // Only galleries of older versions have people of whom so much is noted.
        target.write(
            List.of(
                new GalleryChange.Enroll(
                    person.label(), false, more, new long[0], new float[0], -1)));
      }
      listener.progress(p + 1, people.size(), person.label());
    }
    return places;
  }

  /** Metadata in parts that fit into a record each, beside faces the first. */
  private static List<Map<String, String>> parts(Map<String, String> metadata) {
    List<Map<String, String>> parts = new ArrayList<>();
    Map<String, String> part = new HashMap<>();
    long bytes = 0;
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      long more = GalleryRecord.size(Map.of(entry.getKey(), entry.getValue()));
      if (bytes + more > GalleryRecord.MAX_PAYLOAD / 2) {
        parts.add(part);
        part = new HashMap<>();
        bytes = 0;
      }
      part.put(entry.getKey(), entry.getValue());
      bytes += more;
    }
    parts.add(part);
    return parts;
  }

  /**
   * Reads a log once more, since what is in memory are its bytes as the disk gives them now.
   *
   * @param end how far it reaches
   * @throws GalleryException if a record of somebody who is still there is not as it was written
   */
  static void verify(Path log, Head head, GalleryEnd.State end, Snapshot snapshot)
      throws IOException {
    try (GalleryLogReader reader = new GalleryLogReader(log, true)) {
      List<GalleryRecovery.Loss> losses =
          reader
              .read(head, end.length(), GalleryLogReader.Acknowledged.of(end), change -> {})
              .losses();
      TreeSet<String> people = new TreeSet<>();
      for (int row = 0; row < snapshot.rows(); row++) {
        long place = snapshot.vectors().placeInLog(row);
        int index = snapshot.personOfRow()[row];
        Person person = snapshot.person(index);
        if (person != null && losses.stream().anyMatch(l -> holds(l, place))) {
          people.add(person.label());
        }
      }
      if (!people.isEmpty()) {
        throw new GalleryException(
            Reason.DAMAGED,
            log,
            "has changed since it was written ("
                + losses
                + "), and the damaged part holds faces of these people: "
                + String.join(", ", people)
                + ". Nothing was changed. Restore the file from a copy; or remove these people,"
                + " compact the gallery, and enroll them again");
      }
    }
  }

  private static boolean holds(GalleryRecovery.Loss loss, long place) {
    return place >= loss.fromByte() && place < loss.toByte();
  }
}
