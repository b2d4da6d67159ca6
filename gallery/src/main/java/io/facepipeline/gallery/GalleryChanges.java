package io.facepipeline.gallery;

import io.facepipeline.Enrollment;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.log.GalleryRecord;
import io.facepipeline.gallery.log.OlderLabels;
import io.facepipeline.gallery.memory.FaceTable;
import io.facepipeline.gallery.memory.GalleryChange;
import io.facepipeline.gallery.memory.Snapshot;
import io.facepipeline.gallery.store.ChangeStore;
import io.facepipeline.internal.MetadataText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Changes a gallery, one change at a time: on the disk first, then for all to see. Thread-safe. */
final class GalleryChanges {
  /** What a label and its metadata may take; so much goes into every form of a gallery. */
  private static final int MAX_NOTED = 1 << 20;

  private final GalleryContents contents;
  private final @Nullable ChangeStore store;
  private final FaceTable table;

  /** Held while a change is made, from its first byte on the disk until all can see it. */
  private final ChangeLock lock = new ChangeLock();

  private long nextIdInMemory = 1;

  GalleryChanges(GalleryContents contents) {
    this.contents = contents;
    this.store = contents.store();
    this.table = contents.table();
  }

  void enrollAll(List<Enrollment> people, boolean replace) {
    List<Enrollment> enrollments = List.copyOf(people);
    enrollments.forEach(e -> e.embeddings().forEach(contents::requireSameModel));
    change(
        () -> {
          requireRoom(enrollments);
          long id = nextId();
          List<GalleryChange> changes = new ArrayList<>();
          for (Enrollment enrollment : enrollments) {
            changes.addAll(GalleryChange.enrolling(enrollment, replace, id, contents.dimensions()));
            id += enrollment.embeddings().size();
          }
          commit(changes, id);
          return null;
        });
  }

  int remove(String label) {
    return change(
        () -> {
          Optional<GalleryPerson> person = contents.person(label);
          int faces = person.map(GalleryPerson::faces).orElse(0);
          if (faces > 0) {
            commit(new GalleryChange.RemovePerson(person.orElseThrow().label()));
          }
          return faces;
        });
  }

  boolean removeFace(long id) {
    return change(
        () -> {
          boolean there =
              contents.read(
                  s -> Arrays.stream(s.idOfRow(), 0, s.rows()).anyMatch(face -> face == id));
          if (there) {
            commit(new GalleryChange.RemoveFace(id));
          }
          return there;
        });
  }

  void merge(String label, String into) {
    change(
        () -> {
          Optional<String> from = contents.person(label).map(GalleryPerson::label);
          Optional<String> to = contents.person(into).map(GalleryPerson::label);
          if (from.isEmpty() || to.isEmpty() || from.equals(to)) {
            throw new IllegalArgumentException(
                "cannot merge " + label + " into " + into + ": name two different enrolled people");
          }
          commit(new GalleryChange.Merge(from.get(), to.get()));
          return null;
        });
  }

  void setMetadata(String label, Map<String, String> metadata) {
    Map<String, String> noted = MetadataText.accept(metadata);
    change(
        () -> {
          Optional<GalleryPerson> person = contents.person(label);
          if (person.isEmpty()) {
            throw new IllegalArgumentException(
                label + " is not enrolled; enroll the person before setting metadata");
          }
          requireRoom(person.get().label(), noted);
          commit(new GalleryChange.SetMetadata(person.get().label(), noted));
          return null;
        });
  }

  /**
   * Brings the labels that older versions wrote to composed form, on the disk as well unless it is
   * only read.
   */
  void composeLabels() {
    change(
        () -> {
          List<GalleryChange> changes =
              contents.read(s -> OlderLabels.changes(s, contents.dimensions()));
          if (store != null && store.isReadOnly()) {
            table.reserve(changes);
            table.apply(changes);
          } else if (!changes.isEmpty()) {
            commit(changes, nextId());
          }
          return null;
        });
  }

  /** Brings the memory up to date with a store that others change too. */
  void refresh() {
    lock.change(
        () -> {
          if (store != null && !contents.isClosed()) {
            store.refresh();
          }
          return null;
        });
  }

  void compact(ProgressListener listener) {
    lock.<RuntimeException>work(
        listener,
        told -> {
          contents.requireOpen();
          try {
            if (store != null) {
              store.compact(told);
            }
          } catch (InternalError e) {
            throw contents.unreadable(e);
          }
        });
  }

  /** Something that writes what a snapshot shows. */
  @FunctionalInterface
  interface Export {
    void write(Snapshot snapshot, ProgressListener listener) throws IOException;
  }

  /**
   * Writes a file, while searches go on and changes wait.
   *
   * @param part the file
   */
  void export(Path part, ProgressListener listener, Export export) throws IOException {
    lock.<IOException>work(
        listener,
        told -> {
          Snapshot snapshot = contents.read(s -> s);
          try {
            if (store == null) {
              export.write(snapshot, told);
              return;
            }
            store.beginExport(part);
            try {
              export.write(snapshot, told);
              store.verify();
            } finally {
              store.endExport(part);
            }
          } catch (InternalError e) {
            throw contents.unreadable(e);
          }
        });
  }

  void close() {
    if (lock.isListening() && contents.isClosed()) {
      return;
    }
    lock.change(
        () -> {
          if (!contents.isClosed()) {
            contents.close();
          }
          return null;
        });
  }

  private <T extends @Nullable Object> T change(Supplier<T> change) {
    return lock.change(
        () -> {
          contents.requireOpen();
          try {
            if (store == null) {
              return change.get();
            }
            store.begin();
            try {
              return change.get();
            } finally {
              store.end();
            }
          } catch (InternalError e) {
            throw contents.unreadable(e);
          }
        });
  }

  private long nextId() {
    return store != null ? store.nextId() : nextIdInMemory;
  }

  private void commit(GalleryChange change) {
    commit(List.of(change), nextId());
  }

  /** On the disk first, then for all to see. */
  private void commit(List<GalleryChange> changes, long nextId) {
    table.reserve(changes);
    if (store != null) {
      store.append(changes, nextId);
    } else {
      nextIdInMemory = nextId;
    }
    table.apply(changes);
  }

  /** Refuses metadata that adds up to more than a gallery can be written anew with. */
  private void requireRoom(List<Enrollment> enrollments) {
    Map<String, Map<String, String>> noted = new HashMap<>();
    for (Enrollment enrollment : enrollments) {
      String label = enrollment.label();
      Optional<GalleryPerson> person = contents.person(label);
      Map<String, String> all =
          new HashMap<>(
              noted.containsKey(label)
                  ? noted.get(label)
                  : person.map(GalleryPerson::metadata).orElse(Map.of()));
      all.putAll(enrollment.metadata());
      noted.put(label, all);
      if (!enrollment.metadata().isEmpty() || person.isEmpty()) {
        requireRoom(label, all);
      }
    }
  }

  private static void requireRoom(String label, Map<String, String> metadata) {
    long bytes = GalleryRecord.size(label) + GalleryRecord.size(metadata);
    if (bytes > MAX_NOTED) {
      throw new IllegalArgumentException(
          "a person's label and metadata may take "
              + MAX_NOTED
              + " bytes together, but those of "
              + (label.length() > 100 ? label.substring(0, 100) + "..." : label)
              + " would need "
              + bytes
              + "; store large data elsewhere and keep a reference here");
    }
  }
}
