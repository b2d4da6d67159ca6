package io.facepipeline.gallery;

import io.facepipeline.Labels;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A gallery's people and faces in memory. Rows are dense: the last row fills the hole of a removed
 * one. A person's rows are linked in the order of their enrollment.
 *
 * <p>One thread at a time writes. Readers see a {@link Snapshot}: adding writes only where no
 * snapshot looks, and publishes a new one; every other change keeps readers out while it works,
 * which is short, and waits for those inside.
 */
final class FaceTable {
  private static final int PAGE = 1024;
  private static final int NONE = -1;

  private final EmbeddingBlocks vectors;
  private final Map<String, Integer> personOfLabel;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  private int[] personOfRow;
  private int[] nextRow;

  /** For the writer alone. */
  private int[] previousRow;

  private long[] idOfRow;
  private @Nullable Person[][] people = {};
  private int peopleEnd;
  private int livePeople;
  private volatile Snapshot current;

  /** Whether somebody may be reading, so that pages of people have to be copied. */
  private boolean shared;

  record Person(String label, Map<String, String> metadata, int faces, int first, int last) {
    GalleryPerson view() {
      return new GalleryPerson(label, metadata, faces);
    }
  }

  /** What a reader sees, as long as it is inside {@link #read}. */
  @SuppressWarnings("ArrayRecordComponent") // never compared; the arrays are the point
  record Snapshot(
      EmbeddingBlocks.View vectors,
      int[] personOfRow,
      int[] nextRow,
      long[] idOfRow,
      int rows,
      @Nullable Person[][] people,
      int peopleEnd,
      int livePeople) {
    @Nullable Person person(int index) {
      return index < peopleEnd ? people[index / PAGE][index % PAGE] : null;
    }

    /** Everyone, in the order of their first enrollment. */
    List<Person> everyone() {
      List<Person> all = new ArrayList<>(livePeople);
      for (int i = 0; i < peopleEnd; i++) {
        Person person = person(i);
        if (person != null) {
          all.add(person);
        }
      }
      return all;
    }

    /** A person's rows, in the order of their enrollment. */
    int[] rowsOf(Person person) {
      int[] rows = new int[person.faces];
      int row = person.first;
      for (int i = 0; i < rows.length; i++) {
        rows[i] = row;
        row = nextRow[row];
      }
      return rows;
    }
  }

  /**
   * Makes an empty table.
   *
   * @param expected how many faces are likely to come soon
   */
  FaceTable(int dimensions, int expected) {
    vectors = new EmbeddingBlocks(dimensions, expected);
    personOfLabel = new ConcurrentHashMap<>(expected);
    personOfRow = new int[expected];
    nextRow = new int[expected];
    previousRow = new int[expected];
    idOfRow = new long[expected];
    current = snapshot();
  }

  /** From now on others may read, and what stands in the log is read there. */
  void share(FloatBuffer[] log) {
    vectors.map(log);
    shared = true;
    publish();
  }

  /** Reads with nobody moving or removing rows meanwhile. */
  <T extends @Nullable Object> T read(Function<Snapshot, T> task) {
    lock.readLock().lock();
    try {
      return task.apply(current);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** The person of a label in a snapshot; the label may be in decomposed form. */
  @Nullable Person find(Snapshot snapshot, String label) {
    String composed = Labels.normalize(label);
    Integer index = personOfLabel.get(composed);
    Person person = index == null ? null : snapshot.person(index);
    return person != null && person.label.equals(composed) ? person : null;
  }

  /** Makes room, so that a change that was written down cannot fail for want of memory. */
  void reserve(List<GalleryChange> changes) {
    reserve(
        changes.stream()
            .mapToInt(c -> c instanceof GalleryChange.Enroll e ? e.ids().length : 0)
            .sum());
  }

  private void reserve(int faces) {
    vectors.reserve(faces);
    reserveRows(faces);
  }

  private void reserveRows(int faces) {
    long needed = (long) vectors.rows() + faces;
    if (needed > personOfRow.length) {
      int size = EmbeddingBlocks.grown(personOfRow.length, needed);
      personOfRow = Arrays.copyOf(personOfRow, size);
      nextRow = Arrays.copyOf(nextRow, size);
      previousRow = Arrays.copyOf(previousRow, size);
      idOfRow = Arrays.copyOf(idOfRow, size);
    }
  }

  /** Applies a change before anybody reads. */
  void replay(GalleryChange change) {
    apply(change);
  }

  /** Applies changes; all become visible to searches at once. For the writer. */
  void apply(List<GalleryChange> changes) {
    boolean onlyAdds =
        changes.stream().allMatch(c -> c instanceof GalleryChange.Enroll e && !e.replace());
    if (onlyAdds || !shared) {
      changes.forEach(this::apply);
      publish();
      return;
    }
    lock.writeLock().lock();
    try {
      changes.forEach(this::apply);
      if (peopleEnd > 2 * livePeople + PAGE) {
        renumber();
      }
      publish();
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** All faces stand in another log now. For the writer. */
  void moveToLog(FloatBuffer[] log, long[] places) {
    lock.writeLock().lock();
    try {
      vectors.moveToLog(log, places);
      publish();
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void publish() {
    if (shared) {
      current = snapshot();
    }
  }

  private Snapshot snapshot() {
    return new Snapshot(
        vectors.view(),
        personOfRow,
        nextRow,
        idOfRow,
        vectors.rows(),
        people,
        peopleEnd,
        livePeople);
  }

  /** What a log that lost records asks for and is not there is passed over. */
  private void apply(GalleryChange change) {
    if (change instanceof GalleryChange.Enroll enroll) {
      if (enroll.replace() && personOfLabel.containsKey(enroll.label())) {
        int index = personOfLabel.get(enroll.label());
        Person old = person(index);
        dropRows(snapshot().rowsOf(old));
        set(index, new Person(old.label, old.metadata, 0, NONE, NONE));
      }
      add(enroll);
    } else if (change instanceof GalleryChange.RemovePerson remove) {
      Integer index = personOfLabel.get(remove.label());
      if (index != null) {
        removePerson(index);
      }
    } else if (change instanceof GalleryChange.RemoveFace remove) {
      removeFace(remove.id());
    } else if (change instanceof GalleryChange.Merge merge) {
      merge(merge);
    } else if (change instanceof GalleryChange.SetMetadata set) {
      Integer index = personOfLabel.get(set.label());
      if (index != null) {
        Person p = person(index);
        set(index, new Person(p.label, set.metadata(), p.faces, p.first, p.last));
      }
    }
  }

  private void add(GalleryChange.Enroll enroll) {
    int faces = enroll.ids().length;
    if (enroll.position() >= 0) {
      reserveRows(faces);
    } else {
      reserve(faces);
    }
    Integer known = personOfLabel.get(enroll.label());
    int index = known != null ? known : peopleEnd;
    Person old =
        known != null ? person(index) : new Person(enroll.label(), Map.of(), 0, NONE, NONE);
    int first = old.first;
    int last = old.last;
    for (int i = 0; i < faces; i++) {
      int row = vectors.rows();
      personOfRow[row] = index;
      nextRow[row] = NONE;
      previousRow[row] = last;
      idOfRow[row] = enroll.ids()[i];
      if (enroll.position() >= 0) {
        vectors.addInLog(enroll.position() + (long) i * dimensions() * Float.BYTES);
      } else {
        vectors.add(enroll.vectors(), i * dimensions());
      }
      if (last == NONE) {
        first = row;
      } else {
        nextRow[last] = row;
      }
      last = row;
    }
    Map<String, String> metadata = old.metadata;
    if (!enroll.metadata().isEmpty()) {
      Map<String, String> both = new HashMap<>(metadata);
      both.putAll(enroll.metadata());
      metadata = Map.copyOf(both);
    }
    set(index, new Person(old.label, metadata, old.faces + faces, first, last));
    if (known == null) {
      personOfLabel.put(enroll.label(), index);
      livePeople++;
    }
  }

  private void removePerson(int index) {
    Person person = person(index);
    dropRows(snapshot().rowsOf(person));
    personOfLabel.remove(person.label);
    set(index, null);
    livePeople--;
  }

  private void removeFace(long id) {
    int row =
        IntStream.range(0, vectors.rows()).filter(r -> idOfRow[r] == id).findFirst().orElse(NONE);
    if (row == NONE) {
      return;
    }
    int index = personOfRow[row];
    Person person = person(index);
    if (person.faces == 1) {
      removePerson(index);
      return;
    }
    int before = previousRow[row];
    int after = nextRow[row];
    if (before != NONE) {
      nextRow[before] = after;
    }
    if (after != NONE) {
      previousRow[after] = before;
    }
    int first = before == NONE ? after : person.first;
    int last = after == NONE ? before : person.last;
    set(index, new Person(person.label, person.metadata, person.faces - 1, first, last));
    dropRows(new int[] {row});
  }

  private void merge(GalleryChange.Merge merge) {
    Integer from = personOfLabel.get(merge.label());
    Integer to = personOfLabel.get(merge.into());
    if (from == null || to == null || from.equals(to)) {
      return;
    }
    Person moved = person(from);
    Person kept = person(to);
    for (int row : snapshot().rowsOf(moved)) {
      personOfRow[row] = to;
    }
    nextRow[kept.last] = moved.first;
    previousRow[moved.first] = kept.last;
    set(
        to,
        new Person(kept.label, kept.metadata, kept.faces + moved.faces, kept.first, moved.last));
    personOfLabel.remove(moved.label);
    set(from, null);
    livePeople--;
  }

  /** Drops rows that no person's list holds any longer. */
  private void dropRows(int[] dropped) {
    int[] rows = dropped.clone();
    Arrays.sort(rows);
    // From the end, so that the last row, which fills the hole, is never one that goes as well.
    for (int i = rows.length - 1; i >= 0; i--) {
      int hole = rows[i];
      int last = vectors.rows() - 1;
      vectors.fillWithLast(hole);
      if (hole == last) {
        continue;
      }
      int owner = personOfRow[last];
      personOfRow[hole] = owner;
      nextRow[hole] = nextRow[last];
      idOfRow[hole] = idOfRow[last];
      int before = previousRow[last];
      int after = nextRow[last];
      previousRow[hole] = before;
      if (before != NONE) {
        nextRow[before] = hole;
      }
      if (after != NONE) {
        previousRow[after] = hole;
      }
      if (before == NONE || after == NONE) {
        Person person = person(owner);
        int first = before == NONE ? hole : person.first;
        int end = after == NONE ? hole : person.last;
        set(owner, new Person(person.label, person.metadata, person.faces, first, end));
      }
    }
  }

  /** Closes the gaps that removed people left, in the order of the others. */
  private void renumber() {
    @Nullable Person[][] old = people;
    int end = peopleEnd;
    people = new Person[0][];
    peopleEnd = 0;
    int[] moved = new int[end];
    for (int i = 0; i < end; i++) {
      Person person = old[i / PAGE][i % PAGE];
      if (person != null) {
        moved[i] = peopleEnd;
        personOfLabel.put(person.label, peopleEnd);
        set(peopleEnd, person);
      }
    }
    for (int row = 0; row < vectors.rows(); row++) {
      personOfRow[row] = moved[personOfRow[row]];
    }
  }

  private Person person(int index) {
    Person person = people[index / PAGE][index % PAGE];
    if (person == null) {
      throw new IllegalStateException("the gallery's memory is inconsistent at person " + index);
    }
    return person;
  }

  private void set(int index, @Nullable Person person) {
    int page = index / PAGE;
    if (page == people.length) {
      people = Arrays.copyOf(people, page + 1);
      people[page] = new Person[PAGE];
    } else if (shared && index < peopleEnd) {
      // A snapshot may show this person: it keeps the old page.
      people = people.clone();
      people[page] = people[page].clone();
    }
    people[page][index % PAGE] = person;
    peopleEnd = Math.max(peopleEnd, index + 1);
  }

  private int dimensions() {
    return vectors.dimensions();
  }
}
