package io.facepipeline.jdbc;

import io.facepipeline.gallery.memory.FaceTable;
import io.facepipeline.gallery.memory.GalleryChange;
import io.facepipeline.gallery.memory.Person;
import io.facepipeline.gallery.memory.Snapshot;
import io.facepipeline.jdbc.Rows.PersonRow;
import java.nio.FloatBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a gallery's memory like the database. It does not repeat what others did: it compares each
 * person about whom something changed with what is in memory. So the database need not keep what a
 * change was, and nothing of a removed person stays there. For one thread at a time.
 */
final class Mirror {
  /** More removed faces of a person than these, and all are read anew. */
  private static final int FEW = 4;

  private final Rows rows;
  private final FaceTable table;
  private final int dimensions;
  private final int most;

  /** Who is in memory, by number. */
  private final Map<Long, String> labels = new HashMap<>();

  private volatile long seen;

  Mirror(Rows rows, int dimensions) {
    this.rows = rows;
    this.dimensions = dimensions;
    table = new FaceTable(dimensions, 64);
    most = GalleryChange.mostFaces(dimensions);
  }

  int dimensions() {
    return dimensions;
  }

  FaceTable table() {
    return table;
  }

  /** The newest change that is in memory; for any thread. */
  long seen() {
    return seen;
  }

  /** Fills the memory, before anybody reads it. */
  void load(Connection connection, Head head) throws SQLException {
    rows.readAll(
        connection,
        dimensions,
        most,
        (person, faces, vectors) -> {
          labels.put(person.id(), person.label());
          table.replay(enroll(person, false, faces, vectors));
        });
    table.share(new FloatBuffer[0]);
    seen = head.lastChange();
  }

  /** Takes over what has changed since. */
  void catchUp(Connection connection, Head head) throws SQLException {
    if (head.lastChange() == seen) {
      return;
    }
    Set<Long> changed = new TreeSet<>();
    if (head.lists(seen)) {
      changed.addAll(rows.changedAfter(connection, seen));
    } else {
      changed.addAll(labels.keySet());
      changed.addAll(rows.everybody(connection));
    }
    Map<Long, PersonRow> there = rows.people(connection, changed);
    List<GalleryChange> changes = new ArrayList<>();
    // A label may have gone to another number, so whoever is gone goes first.
    for (long id : changed) {
      String label = labels.get(id);
      if (label != null && !there.containsKey(id)) {
        changes.add(new GalleryChange.RemovePerson(label));
      }
    }
    Map<Long, List<Long>> faces = rows.faces(connection, there.keySet());
    for (long id : changed) {
      PersonRow person = there.get(id);
      if (person != null) {
        changes.addAll(differences(connection, person, faces.getOrDefault(id, List.of())));
      }
    }
    table.reserve(changes);
    table.apply(changes);
    changed.forEach(
        id -> {
          PersonRow person = there.get(id);
          if (person == null) {
            labels.remove(id);
          } else {
            labels.put(id, person.label());
          }
        });
    seen = head.lastChange();
  }

  /** Notes what this gallery has saved itself, and puts into its memory itself. */
  void noteOwn(Map<Long, @Nullable String> people, long lastChange) {
    people.forEach(
        (id, label) -> {
          if (label == null) {
            labels.remove(id);
          } else {
            labels.put(id, label);
          }
        });
    seen = lastChange;
  }

  private List<GalleryChange> differences(Connection connection, PersonRow person, List<Long> faces)
      throws SQLException {
    List<Long> had = labels.containsKey(person.id()) ? facesInMemory(person.label()) : List.of();
    Set<Long> now = new HashSet<>(faces);
    List<Long> kept = had.stream().filter(now::contains).toList();
    List<Long> gone = had.stream().filter(face -> !now.contains(face)).toList();
    boolean grown =
        !kept.isEmpty()
            && gone.size() <= FEW
            && kept.equals(faces.subList(0, Math.min(kept.size(), faces.size())));
    List<GalleryChange> changes = new ArrayList<>();
    if (grown) {
      gone.forEach(face -> changes.add(new GalleryChange.RemoveFace(face)));
    }
    List<Long> missing = grown ? faces.subList(kept.size(), faces.size()) : faces;
    for (int from = 0; from < missing.size(); from += most) {
      List<Long> some = missing.subList(from, Math.min(missing.size(), from + most));
      float[] vectors = rows.vectors(connection, some, dimensions);
      changes.add(enroll(person, !grown && from == 0, Rows.array(some), vectors));
    }
    // Enrolling adds to metadata; this replaces it.
    changes.add(new GalleryChange.SetMetadata(person.label(), person.metadata()));
    return changes;
  }

  private List<Long> facesInMemory(String label) {
    return table.<List<Long>>read(
        snapshot -> {
          Person person = table.find(snapshot, label);
          return person == null ? List.of() : ids(snapshot, person);
        });
  }

  private static List<Long> ids(Snapshot snapshot, Person person) {
    return Arrays.stream(snapshot.rowsOf(person)).mapToObj(row -> snapshot.idOfRow()[row]).toList();
  }

  private static GalleryChange enroll(
      PersonRow person, boolean replace, long[] faces, float[] vectors) {
    return new GalleryChange.Enroll(person.label(), replace, person.metadata(), faces, vectors, -1);
  }
}
