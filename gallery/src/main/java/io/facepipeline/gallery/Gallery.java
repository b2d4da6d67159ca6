package io.facepipeline.gallery;

import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.FaceClassifier;
import io.facepipeline.FaceGallery;
import io.facepipeline.Match;
import io.facepipeline.Match.Candidate;
import io.facepipeline.ModelCard;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.log.GalleryRecord;
import io.facepipeline.gallery.log.GalleryStore;
import io.facepipeline.gallery.log.OlderLabels;
import io.facepipeline.gallery.memory.FaceTable;
import io.facepipeline.gallery.memory.GalleryChange;
import io.facepipeline.gallery.memory.Person;
import io.facepipeline.gallery.memory.Snapshot;
import io.facepipeline.gallery.search.GallerySearch;
import io.facepipeline.gallery.search.PersonScores;
import io.facepipeline.internal.MetadataText;
import io.facepipeline.internal.Workers;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Enrolled people and an exact search among them. A probe is compared with every face. A person's
 * similarity is that of their most similar face. The most similar person is named if the cosine
 * similarity reaches the threshold. A gallery is in memory only or kept in a folder.
 *
 * <p>In a folder, a change is on the disk when its call returns, and survives the end of the
 * process at any moment. Writes are atomic. A change that cannot be written, because the disk is
 * full for example, is not made, and the gallery stays as it was. Every record has a checksum: if a
 * saved record is damaged, opening fails ({@link GalleryBuilder#salvage} opens it anyway). One
 * process at a time has a folder open for writing. The faces that were there at opening are read
 * from the file, which is mapped into memory (not on Windows): a million faces of 512 dimensions
 * take 2.1 GB there and some 0.25 GB of heap.
 *
 * <p>Thread-safe. Every reading call sees the gallery as it was at one moment between two changes.
 * Enrolling and searching do not wait for each other; other changes wait for searches in progress.
 * Changes run one after another.
 *
 * <p>A listener of {@link #compact} or {@link GalleryTransfer#exportTo} may read the gallery. If it
 * changes or closes the gallery, it gets an {@link IllegalStateException}. It must not wait for a
 * change by another thread, because changes wait until the work is done. A filter of a {@link
 * GalleryQuery} and a listener of {@link GalleryTransfer#importInto} may do anything.
 */
public final class Gallery implements FaceGallery {
  private static final int CANDIDATES = 5;
  private static final int EXPECTED = 64;

  /** What a label and its metadata may take; so much goes into every form of a gallery. */
  private static final int MAX_NOTED = 1 << 20;

  private final String model;
  private final int dimensions;
  private final float threshold;
  private final @Nullable GalleryStore store;
  private final FaceTable table;
  private final Workers workers;
  private final GallerySearch search;

  /** Held while a change is made, from its first byte on the disk until all can see it. */
  private final ReentrantLock writing = new ReentrantLock();

  private long nextIdInMemory = 1;
  private volatile boolean closed;

  Gallery(
      String model,
      int dimensions,
      float threshold,
      @Nullable GalleryStore store,
      FaceTable table,
      Workers workers) {
    this.model = model;
    this.dimensions = dimensions;
    this.threshold = threshold;
    this.store = store;
    this.table = table;
    this.workers = workers;
    this.search = new GallerySearch(dimensions, workers);
  }

  /**
   * {@return an empty gallery in memory with the identification threshold of the model's card}
   *
   * @param card the card of the embedder
   * @throws io.facepipeline.FacePipelineException if the card has no threshold
   */
  public static Gallery inMemory(ModelCard card) {
    return inMemory(card, card.identificationThreshold());
  }

  /**
   * {@return an empty gallery in memory with a given threshold}
   *
   * @param card the card of the embedder
   * @param threshold the lowest cosine similarity of a known person, -1 to 1
   * @throws IllegalArgumentException if the threshold is out of range
   */
  public static Gallery inMemory(ModelCard card, float threshold) {
    requireCosine(threshold);
    FaceTable table = new FaceTable(card.embeddingSize(), EXPECTED);
    table.share(new FloatBuffer[0]);
    Workers workers = new Workers(Runtime.getRuntime().availableProcessors());
    return new Gallery(card.fingerprint(), card.embeddingSize(), threshold, null, table, workers);
  }

  /**
   * {@return a factory of empty galleries in memory, with the identification threshold of the
   * embedder's card, for {@link
   * io.facepipeline.FacePipelineBuilder#classifier(FaceClassifier.Factory)}}
   */
  public static FaceClassifier.Factory inMemory() {
    return Gallery::inMemory;
  }

  /**
   * {@return a factory of empty galleries in memory with a given threshold}
   *
   * @param threshold the lowest cosine similarity of a known person, -1 to 1
   * @throws IllegalArgumentException if the threshold is out of range
   */
  public static FaceClassifier.Factory inMemory(float threshold) {
    requireCosine(threshold);
    return card -> inMemory(card, threshold);
  }

  /**
   * {@return the gallery of a folder}
   *
   * @param folder a folder that holds a gallery
   * @throws GalleryException as in {@link GalleryBuilder#open}
   */
  public static Gallery open(Path folder) {
    return in(folder).open();
  }

  /**
   * {@return the gallery of a folder; it is created if there is none}
   *
   * @param folder the folder; created if it does not exist
   * @param card the card of the embedder
   * @throws GalleryException as in {@link GalleryBuilder#open}
   * @throws io.facepipeline.FacePipelineException if the gallery is new and the card has no
   *     threshold
   */
  public static Gallery open(Path folder, ModelCard card) {
    return in(folder).model(card).open();
  }

  /**
   * {@return a builder that opens the gallery of a folder with options, or for a pipeline's
   * embedder: {@code FacePipeline.builder().classifier(Gallery.in(folder)).build()}}
   *
   * @param folder the folder
   */
  public static GalleryBuilder in(Path folder) {
    return new GalleryBuilder(folder);
  }

  @Override
  public String fingerprint() {
    return model;
  }

  /** {@return the number of dimensions of an embedding} */
  public int dimensions() {
    return dimensions;
  }

  /** {@return the lowest cosine similarity of a known person} */
  public float threshold() {
    return threshold;
  }

  /** {@return whether the gallery is open for reading only and refuses every change} */
  public boolean isReadOnly() {
    return store != null && store.isReadOnly();
  }

  /** {@return the report of opening the folder; empty for a gallery in memory} */
  public Optional<GalleryRecovery> recovery() {
    return Optional.ofNullable(store).map(GalleryStore::recovery);
  }

  /**
   * Adds faces of several people in one atomic write. Waiting for the disk only once makes this
   * many times faster than one by one.
   *
   * @param enrollments the people and their faces; a person may occur several times
   * @throws IllegalArgumentException if an embedding comes from another model, or a person's label
   *     and metadata would exceed 1 MiB
   * @throws GalleryException if the disk is full or fails; then nothing was enrolled
   */
  @Override
  public void enrollAll(List<Enrollment> enrollments) {
    enrollAll(enrollments, false);
  }

  /**
   * Replaces all faces of a person, or enrolls the person. The person is never without a face in
   * between.
   *
   * @param enrollment the person, the new faces, and metadata to add to the person's
   * @throws IllegalArgumentException if an embedding comes from another model
   * @throws GalleryException if the disk is full or fails; then the old faces are kept
   */
  @Override
  public void replace(Enrollment enrollment) {
    enrollAll(List.of(enrollment), true);
  }

  private void enrollAll(List<Enrollment> people, boolean replace) {
    List<Enrollment> enrollments = List.copyOf(people);
    enrollments.forEach(e -> e.embeddings().forEach(this::requireSameModel));
    write(
        () -> {
          requireRoom(enrollments);
          long id = store != null ? store.nextId() : nextIdInMemory;
          List<GalleryChange> changes = new ArrayList<>();
          for (Enrollment enrollment : enrollments) {
            changes.addAll(GalleryChange.enrolling(enrollment, replace, id, dimensions));
            id += enrollment.embeddings().size();
          }
          commit(changes, id);
          return null;
        });
  }

  /**
   * Removes a person. In memory the vectors are overwritten; on the disk they stay until {@link
   * #compact}.
   *
   * @throws GalleryException if the disk is full or fails; then nobody was removed
   */
  @Override
  public int remove(String label) {
    return write(
        () -> {
          Optional<GalleryPerson> person = person(label);
          int faces = person.map(GalleryPerson::faces).orElse(0);
          if (faces > 0) {
            commit(List.of(new GalleryChange.RemovePerson(person.orElseThrow().label())));
          }
          return faces;
        });
  }

  /**
   * Removes a face, and its person if it was the last.
   *
   * @param id the face's number
   * @return whether the face was there
   * @throws GalleryException if the disk is full or fails; then nothing was removed
   */
  public boolean removeFace(long id) {
    return write(
        () -> {
          boolean there =
              read(s -> Arrays.stream(s.idOfRow(), 0, s.rows()).anyMatch(face -> face == id));
          if (there) {
            commit(List.of(new GalleryChange.RemoveFace(id)));
          }
          return there;
        });
  }

  /**
   * Merges two people who turned out to be one.
   *
   * @param label the person whose faces move and whose label and metadata are removed
   * @param into the person who keeps their label and metadata
   * @throws IllegalArgumentException if one of them is not enrolled, or both are the same
   * @throws GalleryException if the disk is full or fails; then nothing was changed
   */
  public void merge(String label, String into) {
    write(
        () -> {
          Optional<String> from = person(label).map(GalleryPerson::label);
          Optional<String> to = person(into).map(GalleryPerson::label);
          if (from.isEmpty() || to.isEmpty() || from.equals(to)) {
            throw new IllegalArgumentException(
                "cannot merge " + label + " into " + into + ": name two different enrolled people");
          }
          commit(List.of(new GalleryChange.Merge(from.get(), to.get())));
          return null;
        });
  }

  /**
   * Replaces the metadata of a person.
   *
   * @param label the person
   * @param metadata the new metadata; may be empty
   * @throws IllegalArgumentException if the person is not enrolled, metadata is not valid Unicode,
   *     or label and metadata exceed 1 MiB
   * @throws GalleryException if the disk is full or fails; then nothing was changed
   */
  public void setMetadata(String label, Map<String, String> metadata) {
    Map<String, String> noted = MetadataText.accept(metadata);
    write(
        () -> {
          Optional<GalleryPerson> person = person(label);
          if (person.isEmpty()) {
            throw new IllegalArgumentException(
                label + " is not enrolled; enroll the person before setting metadata");
          }
          requireRoom(person.get().label(), noted);
          commit(List.of(new GalleryChange.SetMetadata(person.get().label(), noted)));
          return null;
        });
  }

  @Override
  public List<String> labels() {
    return read(s -> s.everyone().stream().map(Person::label).toList());
  }

  /** {@return everyone, in the order of their first enrollment} */
  public List<GalleryPerson> people() {
    return read(s -> s.everyone().stream().map(Person::view).toList());
  }

  /**
   * {@return a person; empty if the label is not enrolled}
   *
   * @param label the person's label
   */
  public Optional<GalleryPerson> person(String label) {
    return read(s -> Optional.ofNullable(table.find(s, label)).map(Person::view));
  }

  /** {@return the number of faces of all people} */
  public int size() {
    return read(Snapshot::rows);
  }

  /**
   * {@return the faces of a person, in the order of their enrollment; empty if the label is not
   * enrolled}
   *
   * @param label the person's label
   */
  public List<GalleryFace> faces(String label) {
    return read(
        s -> {
          Person person = table.find(s, label);
          if (person == null) {
            return List.of();
          }
          return IntStream.of(s.rowsOf(person))
              .mapToObj(
                  row -> {
                    float[] vector = new float[dimensions];
                    s.vectors().copyRow(row, vector, 0);
                    return new GalleryFace(
                        s.idOfRow()[row], person.label(), Embedding.of(model, vector));
                  })
              .toList();
        });
  }

  /**
   * {@return the embeddings of a person, in the order of their enrollment; empty if the label is
   * not enrolled}
   *
   * @param label the person's label
   */
  public List<Embedding> embeddings(String label) {
    return faces(label).stream().map(GalleryFace::embedding).toList();
  }

  @Override
  public Match classify(Embedding probe) {
    return Match.of(search(probe, CANDIDATES), threshold);
  }

  /** Shares each pass over memory, as {@link #searchAll} does. */
  @Override
  public List<Match> classifyAll(List<Embedding> probes) {
    return searchAll(probes, GalleryQuery.top(CANDIDATES)).stream()
        .map(found -> Match.of(found, threshold))
        .toList();
  }

  /**
   * {@return the people most similar to a probe, most similar first, whether or not they reach the
   * threshold}
   *
   * @param probe the embedding to search for
   * @param count the largest number of people, at least 1
   * @throws IllegalArgumentException if the count is not positive or the probe comes from another
   *     model
   */
  public List<Candidate> search(Embedding probe, int count) {
    return search(probe, GalleryQuery.top(count));
  }

  /**
   * {@return the people most similar to a probe, most similar first}
   *
   * @param probe the embedding to search for
   * @param query how many people, which ones, and how their faces count
   * @throws IllegalArgumentException if the probe comes from another model
   */
  public List<Candidate> search(Embedding probe, GalleryQuery query) {
    return searchAll(List.of(probe), query).get(0);
  }

  /**
   * {@return for each probe the people most similar to it. Probes share each pass over memory,
   * which is several times faster than one by one. Scores may differ from those of a single search
   * in the last digits. With a filter, each group of up to 16 probes sees the gallery as it was at
   * one moment; without one, all probes do}
   *
   * @param probes the embeddings to search for
   * @param query how many people, which ones, and how their faces count
   * @throws IllegalArgumentException if a probe comes from another model
   */
  public List<List<Candidate>> searchAll(List<Embedding> probes, GalleryQuery query) {
    List<Embedding> all = List.copyOf(probes);
    all.forEach(this::requireSameModel);
    List<float[]> vectors = all.stream().map(Embedding::toArray).toList();
    Predicate<GalleryPerson> filter = query.filter().orElse(null);
    if (filter == null) {
      return read(s -> search.search(s, vectors, query));
    }
    List<List<Candidate>> results = new ArrayList<>();
    while (results.size() < vectors.size()) {
      List<float[]> left = vectors.subList(results.size(), vectors.size());
      List<PersonScores> scores =
          read(
              s -> search.pass(s, left.subList(0, Math.min(left.size(), search.atOnce(s))), query));
      // Out here the filter may change the gallery, or wait for somebody who does.
      scores.forEach(each -> results.add(each.top(query.count(), filter)));
    }
    return List.copyOf(results);
  }

  /** {@return the size of the gallery} */
  public GalleryStats stats() {
    return read(
        s -> {
          long disk = store != null ? store.bytes() : 0;
          long live = store != null ? store.liveBytes(s) : 0;
          return new GalleryStats(
              s.livePeople(),
              s.rows(),
              model,
              dimensions,
              threshold,
              disk,
              Math.max(0, disk - live));
        });
  }

  /**
   * Rewrites the folder without removed and replaced data: afterwards no file of the gallery holds
   * it. (The disk's freed blocks may still hold it; only an encrypted disk protects those.)
   * Searches run meanwhile, changes wait. Does nothing for a gallery in memory.
   *
   * @param listener is notified of each person written; may read the gallery
   * @throws GalleryException if the disk is full or fails; then the gallery is as it was
   * @throws IllegalStateException if a listener of this or of an export calls it
   */
  public void compact(ProgressListener listener) {
    write(
        () -> {
          if (store != null) {
            store.compact(listener);
          }
          return null;
        });
  }

  /**
   * Closes the folder. Further calls fail, except of this method, which does nothing.
   *
   * @throws IllegalStateException if a listener of {@link #compact} or of an export calls it
   */
  @Override
  public void close() {
    writing.lock();
    try {
      if (closed) {
        return;
      }
      requireOutsideListener();
      closed = true;
      workers.close();
      if (store != null) {
        store.close();
      }
    } finally {
      writing.unlock();
    }
  }

  /** Something to be done with a snapshot. */
  @FunctionalInterface
  interface Task {
    void run(Snapshot snapshot) throws IOException;
  }

  /** Writes a file, while searches go on and changes wait. */
  void export(Path part, Task task) throws IOException {
    writing.lock();
    try {
      Snapshot snapshot = read(s -> s);
      if (store == null) {
        task.run(snapshot);
        return;
      }
      store.beginExport(part);
      try {
        task.run(snapshot);
        store.verify();
      } finally {
        store.endExport(part);
      }
    } catch (InternalError e) {
      throw unreadable(e);
    } finally {
      writing.unlock();
    }
  }

  private <T extends @Nullable Object> T read(Function<Snapshot, T> task) {
    requireOpen();
    try {
      return table.read(task);
    } catch (InternalError e) {
      throw unreadable(e);
    }
  }

  /** What the JVM throws where a file that is mapped into memory cannot be read any more. */
  private GalleryException unreadable(InternalError e) {
    String message = e.getMessage();
    if (store == null || message == null || !message.contains("unsafe memory access")) {
      throw e;
    }
    return new GalleryException(
        GalleryException.Reason.DAMAGED,
        store.folder(),
        "faces in the log can no longer be read: another program truncated it, or the disk fails;"
            + " restore it from a copy",
        e);
  }

  private <T extends @Nullable Object> T write(Supplier<T> task) {
    writing.lock();
    try {
      requireOutsideListener();
      requireOpen();
      return task.get();
    } catch (InternalError e) {
      throw unreadable(e);
    } finally {
      writing.unlock();
    }
  }

  /** A lock does not keep its own thread out: what comes back through a listener is refused. */
  private void requireOutsideListener() {
    if (writing.getHoldCount() > 1) {
      throw new IllegalStateException(
          "a listener cannot change or close the gallery during compact or export; do it after that"
              + " call");
    }
  }

  /**
   * Brings the labels that older versions wrote to composed form, on the disk as well unless it is
   * only read.
   */
  void composeLabels() {
    write(
        () -> {
          List<GalleryChange> changes = read(s -> OlderLabels.changes(s, dimensions));
          if (isReadOnly()) {
            table.reserve(changes);
            table.apply(changes);
          } else if (!changes.isEmpty()) {
            commit(changes);
          }
          return null;
        });
  }

  private void commit(List<GalleryChange> changes) {
    commit(changes, store != null ? store.nextId() : nextIdInMemory);
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
      Map<String, String> all =
          new HashMap<>(
              noted.containsKey(label)
                  ? noted.get(label)
                  : person(label).map(GalleryPerson::metadata).orElse(Map.of()));
      all.putAll(enrollment.metadata());
      noted.put(label, all);
      if (!enrollment.metadata().isEmpty() || person(label).isEmpty()) {
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

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the gallery is closed");
    }
  }

  static void requireCosine(float threshold) {
    if (!(threshold >= -1 && threshold <= 1)) {
      throw new IllegalArgumentException(
          "the identification threshold must be a cosine between -1 and 1, got " + threshold);
    }
  }

  private void requireSameModel(Embedding embedding) {
    if (!ModelCard.sameEmbedding(embedding.fingerprint(), model)
        || embedding.size() != dimensions) {
      throw new IllegalArgumentException(
          "this gallery holds "
              + dimensions
              + " dimensions of "
              + model
              + ", but the embedding has "
              + embedding
              + "; embed the face with the gallery's model, preprocessing and mirroring, or enroll"
              + " everyone again");
    }
  }

  @Override
  public String toString() {
    Snapshot s = table.read(snapshot -> snapshot);
    return "gallery of " + s.livePeople() + " people, " + s.rows() + " embeddings of " + model;
  }
}
