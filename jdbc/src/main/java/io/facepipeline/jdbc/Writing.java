package io.facepipeline.jdbc;

import io.facepipeline.gallery.memory.GalleryChange;
import io.facepipeline.jdbc.Rows.PersonRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes changes into the tables, in a transaction that has locked the head. */
final class Writing {
  /** How many changes are listed at least, for those who are behind. */
  static final int LISTED = 100_000;

  private final Connection connection;
  private final Rows rows;
  private final RowChanges made;
  private final Head head;
  private final Map<String, PersonRow> found = new HashMap<>();

  /** Whom something was changed about: the label, or null for whoever is gone. */
  private final Map<Long, @Nullable String> people = new LinkedHashMap<>();

  private long nextFace;
  private long nextPerson;

  Writing(Connection connection, Rows rows, Head head, long nextFace) {
    this.connection = connection;
    this.rows = rows;
    this.made = new RowChanges(connection, rows.gallery());
    this.head = head;
    this.nextFace = nextFace;
    this.nextPerson = head.nextPerson();
  }

  /** {@return whom something was changed about: the label, or null for whoever is gone} */
  Map<Long, @Nullable String> people() {
    return people;
  }

  /** Writes the changes and who made them; returns the head after them. */
  Head write(List<GalleryChange> changes, String writer) throws SQLException {
    for (GalleryChange change : changes) {
      write(change);
    }
    long first = head.lastChange() + 1;
    long last = head.lastChange() + people.size();
    made.insertChanges(people.keySet(), first, writer);
    long firstChange = head.firstChange();
    if (last - firstChange > 2L * LISTED) {
      firstChange = last - LISTED;
      made.deleteChangesBefore(firstChange);
    }
    Head after =
        new Head(
            head.model(),
            head.dimensions(),
            head.threshold(),
            nextFace,
            nextPerson,
            firstChange,
            last);
    made.updateHead(after);
    return after;
  }

  private void write(GalleryChange change) throws SQLException {
    if (change instanceof GalleryChange.Enroll enroll) {
      enroll(enroll);
    } else if (change instanceof GalleryChange.RemovePerson remove) {
      PersonRow person = find(remove.label());
      if (person != null) {
        made.deleteFacesOf(person.id());
        remove(person);
      }
    } else if (change instanceof GalleryChange.RemoveFace remove) {
      removeFace(remove.id());
    } else if (change instanceof GalleryChange.Merge merge) {
      merge(merge);
    } else if (change instanceof GalleryChange.SetMetadata set) {
      PersonRow person = find(set.label());
      if (person != null) {
        note(new PersonRow(person.id(), person.label(), set.metadata()));
      }
    }
  }

  private void enroll(GalleryChange.Enroll enroll) throws SQLException {
    PersonRow person = find(enroll.label());
    if (person == null) {
      person = new PersonRow(nextPerson++, enroll.label(), enroll.metadata());
      made.insertPerson(person);
      found.put(person.label(), person);
      people.put(person.id(), person.label());
    } else {
      if (enroll.replace()) {
        made.deleteFacesOf(person.id());
      }
      Map<String, String> metadata = new HashMap<>(person.metadata());
      metadata.putAll(enroll.metadata());
      note(new PersonRow(person.id(), person.label(), Map.copyOf(metadata)));
    }
    made.insertFaces(person.id(), enroll.ids(), enroll.vectors(), head.dimensions());
  }

  private void removeFace(long face) throws SQLException {
    long id = rows.personOf(connection, face).orElse(-1L);
    PersonRow person = rows.people(connection, List.of(id)).get(id);
    if (person == null) {
      return;
    }
    made.deleteFace(face);
    if (rows.faces(connection, List.of(id)).isEmpty()) {
      remove(person);
    } else {
      people.put(id, person.label());
    }
  }

  private void merge(GalleryChange.Merge merge) throws SQLException {
    PersonRow from = find(merge.label());
    PersonRow into = find(merge.into());
    if (from == null || into == null || from.id() == into.id()) {
      return;
    }
    List<Long> moved =
        rows.faces(connection, List.of(from.id())).getOrDefault(from.id(), List.of());
    // After all that the other has, and before all that will be enrolled.
    made.moveFaces(moved, into.id(), nextFace);
    nextFace += moved.size();
    remove(from);
    people.put(into.id(), into.label());
  }

  private void remove(PersonRow person) throws SQLException {
    made.deletePerson(person.id());
    found.remove(person.label());
    people.put(person.id(), null);
  }

  private void note(PersonRow person) throws SQLException {
    PersonRow old = found.put(person.label(), person);
    if (old == null || !old.metadata().equals(person.metadata())) {
      made.updateMetadata(person);
    }
    people.put(person.id(), person.label());
  }

  private @Nullable PersonRow find(String label) throws SQLException {
    PersonRow person = found.get(label);
    if (person == null) {
      person = rows.find(connection, label);
      if (person != null) {
        found.put(label, person);
      }
    }
    return person;
  }
}
