package io.facepipeline.gallery.memory;

import io.facepipeline.internal.Labels;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
public final class FaceTable {
  private static final int NONE = -1;

  /** A person may have many faces: room for more people is made when they come. */
  private static final int MOST_EXPECTED_PEOPLE = 1 << 16;

  private final EmbeddingBlocks vectors;

  /** Of all rows that stand in the log, or null. */
  private @Nullable FaceCodes codes;

  private final People people;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  private int[] personOfRow;
  private int[] nextRow;

  /** For the writer alone; null until a row is to be dropped. */
  private int @Nullable [] previousRow;

  private long[] idOfRow;
  private volatile Snapshot current;

  /** Whether somebody may be reading. */
  private boolean shared;

  /**
   * Makes an empty table.
   *
   * @param expected how many faces are likely to come soon
   */
  public FaceTable(int dimensions, int expected) {
    vectors = new EmbeddingBlocks(dimensions, expected);
    people = new People(Math.min(expected, MOST_EXPECTED_PEOPLE));
    personOfRow = new int[expected];
    nextRow = new int[expected];
    idOfRow = new long[expected];
    current = snapshot();
  }

  /** From now on others may read, and what stands in the log is read there. */
  public void share(FloatBuffer[] log) {
    vectors.map(log);
    previousRow = null; // most galleries that are opened are only searched and added to
    shared = true;
    people.share();
    publish();
  }

  /** Reads with nobody moving or removing rows meanwhile. */
  public <T extends @Nullable Object> T read(Function<Snapshot, T> task) {
    lock.readLock().lock();
    try {
      return task.apply(current);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** The person of a label in a snapshot; the label may be in decomposed form. */
  public @Nullable Person find(Snapshot snapshot, String label) {
    String composed = Labels.normalize(label);
    Integer number = people.number(composed);
    Person person = number == null ? null : snapshot.person(number);
    return person != null && person.label().equals(composed) ? person : null;
  }

  /** Makes room, so that a change that was written down cannot fail for want of memory. */
  public void reserve(List<GalleryChange> changes) {
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
      if (previousRow != null) {
        previousRow = Arrays.copyOf(previousRow, size);
      }
      idOfRow = Arrays.copyOf(idOfRow, size);
    }
  }

  /** Applies a change before anybody reads. */
  public void replay(GalleryChange change) {
    apply(change);
  }

  /** Applies changes; all become visible to searches at once. For the writer. */
  public void apply(List<GalleryChange> changes) {
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
      if (people.isSparse()) {
        int[] moved = people.renumber();
        for (int row = 0; row < vectors.rows(); row++) {
          personOfRow[row] = moved[personOfRow[row]];
        }
      }
      publish();
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** All faces stand in another log now. For the writer. */
  public void moveToLog(FloatBuffer[] log, long[] places) {
    lock.writeLock().lock();
    try {
      vectors.moveToLog(log, places);
      codes = null;
      publish();
    } finally {
      lock.writeLock().unlock();
    }
  }

  /**
   * From now on searches look at codes first. For the writer.
   *
   * @param ofRows codes of the rows as they are; null: none any more
   */
  public void useCodes(@Nullable FaceCodes ofRows) {
    lock.writeLock().lock();
    try {
      codes = ofRows;
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
        people.pages(),
        people.end(),
        people.live(),
        codes);
  }

  /** What a log that lost records asks for and is not there is passed over. */
  private void apply(GalleryChange change) {
    if (change instanceof GalleryChange.Enroll enroll) {
      Integer known = people.number(enroll.label());
      if (enroll.replace() && known != null) {
        Person old = people.get(known);
        dropRows(snapshot().rowsOf(old));
        people.replace(known, new Person(old.label(), old.metadata(), 0, NONE, NONE));
      }
      add(enroll);
    } else if (change instanceof GalleryChange.RemovePerson remove) {
      Integer index = people.number(remove.label());
      if (index != null) {
        removePerson(index);
      }
    } else if (change instanceof GalleryChange.RemoveFace remove) {
      removeFace(remove.id());
    } else if (change instanceof GalleryChange.Merge merge) {
      merge(merge);
    } else if (change instanceof GalleryChange.SetMetadata set) {
      Integer index = people.number(set.label());
      if (index != null) {
        Person p = people.get(index);
        people.replace(
            index, new Person(p.label(), set.metadata(), p.faces(), p.first(), p.last()));
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
    Integer known = people.number(enroll.label());
    int index = known != null ? known : people.end();
    Person old =
        known != null ? people.get(index) : new Person(enroll.label(), Map.of(), 0, NONE, NONE);
    int first = old.first();
    int last = old.last();
    for (int i = 0; i < faces; i++) {
      int row = vectors.rows();
      personOfRow[row] = index;
      nextRow[row] = NONE;
      if (previousRow != null) {
        previousRow[row] = last;
      }
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
    Map<String, String> metadata = old.metadata();
    if (!enroll.metadata().isEmpty()) {
      Map<String, String> both = new HashMap<>(metadata);
      both.putAll(enroll.metadata());
      metadata = Map.copyOf(both);
    }
    Person now = new Person(old.label(), metadata, old.faces() + faces, first, last);
    if (known == null) {
      people.add(now);
    } else {
      people.replace(index, now);
    }
  }

  private void removePerson(int index) {
    dropRows(snapshot().rowsOf(people.get(index)));
    people.remove(index);
  }

  private void removeFace(long id) {
    int row =
        IntStream.range(0, vectors.rows()).filter(r -> idOfRow[r] == id).findFirst().orElse(NONE);
    if (row == NONE) {
      return;
    }
    int index = personOfRow[row];
    Person person = people.get(index);
    if (person.faces() == 1) {
      removePerson(index);
      return;
    }
    int[] previous = previousRow();
    int before = previous[row];
    int after = nextRow[row];
    if (before != NONE) {
      nextRow[before] = after;
    }
    if (after != NONE) {
      previous[after] = before;
    }
    int first = before == NONE ? after : person.first();
    int last = after == NONE ? before : person.last();
    people.replace(
        index, new Person(person.label(), person.metadata(), person.faces() - 1, first, last));
    dropRows(new int[] {row});
  }

  private void merge(GalleryChange.Merge merge) {
    Integer from = people.number(merge.label());
    Integer to = people.number(merge.into());
    if (from == null || to == null || from.equals(to)) {
      return;
    }
    Person moved = people.get(from);
    Person kept = people.get(to);
    for (int row : snapshot().rowsOf(moved)) {
      personOfRow[row] = to;
    }
    nextRow[kept.last()] = moved.first();
    if (previousRow != null) {
      previousRow[moved.first()] = kept.last();
    }
    people.replace(
        to,
        new Person(
            kept.label(),
            kept.metadata(),
            kept.faces() + moved.faces(),
            kept.first(),
            moved.last()));
    people.remove(from);
  }

  /** Drops rows that no person's list holds any longer. */
  private void dropRows(int[] dropped) {
    int[] rows = dropped.clone();
    Arrays.sort(rows);
    int[] previous = previousRow();
    // From the end, so that the last row, which fills the hole, is never one that goes as well.
    for (int i = rows.length - 1; i >= 0; i--) {
      int hole = rows[i];
      int last = vectors.rows() - 1;
      vectors.fillWithLast(hole);
      if (codes != null) {
        codes.fillWithLast(hole, last);
      }
      if (hole == last) {
        continue;
      }
      int owner = personOfRow[last];
      personOfRow[hole] = owner;
      nextRow[hole] = nextRow[last];
      idOfRow[hole] = idOfRow[last];
      int before = previous[last];
      int after = nextRow[last];
      previous[hole] = before;
      if (before != NONE) {
        nextRow[before] = hole;
      }
      if (after != NONE) {
        previous[after] = hole;
      }
      if (before == NONE || after == NONE) {
        Person person = people.get(owner);
        int first = before == NONE ? hole : person.first();
        int end = after == NONE ? hole : person.last();
        people.replace(
            owner, new Person(person.label(), person.metadata(), person.faces(), first, end));
      }
    }
  }

  private int[] previousRow() {
    int[] previous = previousRow;
    if (previous == null) {
      previous = new int[nextRow.length];
      Arrays.fill(previous, NONE);
      for (int row = 0; row < vectors.rows(); row++) {
        if (nextRow[row] != NONE) {
          previous[nextRow[row]] = row;
        }
      }
      previousRow = previous;
    }
    return previous;
  }

  private int dimensions() {
    return vectors.dimensions();
  }
}
