package io.facepipeline.gallery;

import io.facepipeline.Embedding;
import io.facepipeline.FaceClassifier;
import io.facepipeline.FaceGallery;
import io.facepipeline.Match;
import io.facepipeline.Match.Candidate;
import io.facepipeline.ModelCard;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.FaceTable.Person;
import io.facepipeline.gallery.FaceTable.Snapshot;
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
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Enrolled people, searched exactly: a probe is compared with every face, a person counts with the
 * most alike of theirs, and the best person is named if their cosine similarity reaches the
 * threshold. In memory only, or kept in a folder.
 *
 * <p>In a folder, a change is on the disk when the call that makes it returns, and survives the end
 * of the process at any moment; a change whose call did not return is there wholly or not at all. A
 * change that cannot be written (the disk is full) is not made, and the gallery goes on as it was.
 * Every record has a checksum: a gallery in which something that was kept cannot be read any more
 * is refused ({@link GalleryBuilder#salvage}). One process at a time has a folder open. The faces
 * that were there at opening are read from the file, which is mapped into memory (not on Windows):
 * a million of 512 dimensions take up 2.1 GB there and some 0.25 GB of heap.
 *
 * <p>Thread-safe. A search, and everything else that reads, sees the gallery as it was at one
 * moment between two changes. Adding faces and searching do not wait for each other; the other
 * changes wait for the searches that have begun. Changes are made one after the other.
 *
 * <p>A listener of {@link #compact} or {@link GalleryTransfer#exportTo} may read the gallery. Where
 * it changes or closes it, it gets an {@link IllegalStateException} at once; and it must not wait
 * for a change that another thread makes, since changes wait until the work is done. A filter of a
 * {@link GalleryQuery} and a listener of {@link GalleryTransfer#importInto} may do anything.
 */
public final class Gallery implements FaceGallery {
  private static final int CANDIDATES = 5;
  private static final int EXPECTED = 64;

  /** What a label and its metadata may take up; so much goes into every form of a gallery. */
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
   * @throws io.facepipeline.FacePipelineException if nobody has measured the model
   */
  public static Gallery inMemory(ModelCard card) {
    return inMemory(card, card.identificationThreshold());
  }

  /**
   * {@return an empty gallery in memory with a threshold of the caller's}
   *
   * @param card the card of the embedder
   * @param threshold the least cosine similarity of a known person, -1 to 1
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
   * {@return what makes an empty gallery in memory for the embedder of a pipeline, with the
   * identification threshold of its card: for {@link
   * io.facepipeline.FacePipelineBuilder#classifier(FaceClassifier.Factory)}}
   */
  public static FaceClassifier.Factory inMemory() {
    return Gallery::inMemory;
  }

  /**
   * {@return what makes an empty gallery in memory for the embedder of a pipeline, with a threshold
   * of the caller's}
   *
   * @param threshold the least cosine similarity of a known person, -1 to 1
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
   * @throws GalleryException as {@link GalleryBuilder#open} does
   */
  public static Gallery open(Path folder) {
    return in(folder).open();
  }

  /**
   * {@return the gallery of a folder, which is made if there is none}
   *
   * @param folder the folder; made if it is not there
   * @param card the card of the embedder
   * @throws GalleryException as {@link GalleryBuilder#open} does
   * @throws io.facepipeline.FacePipelineException if the gallery is new and nobody has measured the
   *     model
   */
  public static Gallery open(Path folder, ModelCard card) {
    return in(folder).model(card).open();
  }

  /**
   * {@return the gallery of a folder, to be opened with options, or for the embedder of a pipeline
   * that is being built: {@code FacePipeline.builder().classifier(Gallery.in(folder)).build()}}
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

  /** {@return the least cosine similarity of a known person} */
  public float threshold() {
    return threshold;
  }

  /** {@return whether every change is refused, since the gallery was opened for reading only} */
  public boolean isReadOnly() {
    return store != null && store.isReadOnly();
  }

  /** {@return what opening the folder found; nothing for a gallery in memory} */
  public Optional<GalleryRecovery> recovery() {
    return Optional.ofNullable(store).map(GalleryStore::recovery);
  }

  /**
   * Adds embeddings of a person; more of the same person are kept beside those already there.
   *
   * @throws IllegalArgumentException if the label may not be one ({@link io.facepipeline.Labels}),
   *     nothing is given, or an embedding comes from another model
   * @throws GalleryException if the disk is full or failed; nothing was enrolled then
   */
  @Override
  public void enroll(String label, List<Embedding> embeddings) {
    enrollAll(List.of(Enrollment.of(label, embeddings)));
  }

  /**
   * Adds faces of several people at once: all or none are enrolled, and the disk is waited for only
   * once, which makes it many times faster than one by one.
   *
   * @param enrollments the people and their faces; a person may come several times
   * @throws IllegalArgumentException if an embedding comes from another model, or a person's label
   *     and metadata would take up more than 1 MiB
   * @throws GalleryException if the disk is full or failed; nothing was enrolled then
   */
  public void enrollAll(List<Enrollment> enrollments) {
    enrollAll(enrollments, false);
  }

  /**
   * Puts new faces in the place of all that a person had, or enrols the person. At no moment is the
   * person without a face.
   *
   * @param enrollment the person, the new faces, and metadata to put over the person's own
   * @throws IllegalArgumentException if an embedding comes from another model
   * @throws GalleryException if the disk is full or failed; the old faces are kept then
   */
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
   * Forgets a person. In memory the vectors are overwritten; on the disk they are until {@link
   * #compact}.
   *
   * @throws GalleryException if the disk is full or failed; nobody was removed then
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
   * Forgets a face, and its person if it was the last.
   *
   * @param id the face's number
   * @return whether there was such a face
   * @throws GalleryException if the disk is full or failed; nothing was removed then
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
   * Joins two people who turned out to be one.
   *
   * @param label the person whose faces are moved and whose label and metadata are forgotten
   * @param into the person who keeps their label and metadata
   * @throws IllegalArgumentException if one of them is not enrolled, or both are the same
   * @throws GalleryException if the disk is full or failed; nothing was changed then
   */
  public void merge(String label, String into) {
    write(
        () -> {
          Optional<String> from = person(label).map(GalleryPerson::label);
          Optional<String> to = person(into).map(GalleryPerson::label);
          if (from.isEmpty() || to.isEmpty() || from.equals(to)) {
            throw new IllegalArgumentException(
                "cannot merge "
                    + label
                    + " into "
                    + into
                    + ": two different enrolled people are"
                    + " needed");
          }
          commit(List.of(new GalleryChange.Merge(from.get(), to.get())));
          return null;
        });
  }

  /**
   * Replaces what is noted about a person.
   *
   * @param label the person
   * @param metadata all that is to be noted; may be empty
   * @throws IllegalArgumentException if the person is not enrolled, metadata is not valid Unicode,
   *     or label and metadata take up more than 1 MiB
   * @throws GalleryException if the disk is full or failed; nothing was changed then
   */
  public void setMetadata(String label, Map<String, String> metadata) {
    Map<String, String> noted = Enrollment.requireText(metadata);
    write(
        () -> {
          Optional<GalleryPerson> person = person(label);
          if (person.isEmpty()) {
            throw new IllegalArgumentException(
                label + " is not enrolled; enrol the person before anything is noted about them");
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

  /** {@return everyone, in the order of their first enrolment} */
  public List<GalleryPerson> people() {
    return read(s -> s.everyone().stream().map(Person::view).toList());
  }

  /**
   * {@return a person; nothing if the label is not enrolled}
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
   * {@return the faces of a person, in the order of their enrolment; empty if the label is not
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
   * {@return the embeddings of a person, in the order of their enrolment; empty if the label is not
   * enrolled}
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
   * {@return the people most like a probe, most alike first, whether they reach the threshold or
   * not}
   *
   * @param probe the embedding to look for
   * @param count how many people at most, at least 1
   * @throws IllegalArgumentException if the count is not positive or the probe comes from another
   *     model
   */
  public List<Candidate> search(Embedding probe, int count) {
    return search(probe, GalleryQuery.top(count));
  }

  /**
   * {@return the people most like a probe, most alike first}
   *
   * @param probe the embedding to look for
   * @param query how many people, which, and how their faces count
   * @throws IllegalArgumentException if the probe comes from another model
   */
  public List<Candidate> search(Embedding probe, GalleryQuery query) {
    return searchAll(List.of(probe), query).get(0);
  }

  /**
   * {@return for each probe the people most like it; several probes share each pass over memory,
   * which makes them several times faster together than one by one. Scores may differ from a single
   * search's in the last digits. With a filter, each group of up to 16 probes sees the gallery as
   * it was at one moment; without, all do}
   *
   * @param probes the embeddings to look for
   * @param query how many people, which, and how their faces count
   * @throws IllegalArgumentException if a probe comes from another model
   */
  public List<List<Candidate>> searchAll(List<Embedding> probes, GalleryQuery query) {
    List<Embedding> all = List.copyOf(probes);
    all.forEach(this::requireSameModel);
    List<float[]> vectors = all.stream().map(Embedding::toArray).toList();
    if (!query.isFiltered()) {
      return read(s -> search.search(s, vectors, query));
    }
    List<List<Candidate>> results = new ArrayList<>();
    while (results.size() < vectors.size()) {
      List<float[]> left = vectors.subList(results.size(), vectors.size());
      List<PersonScores> scores =
          read(
              s -> search.pass(s, left.subList(0, Math.min(left.size(), search.atOnce(s))), query));
      // Out here the filter may change the gallery, or wait for somebody who does.
      scores.forEach(each -> results.add(each.top(query.count(), query.filter())));
    }
    return List.copyOf(results);
  }

  /** {@return how large the gallery is} */
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
   * Writes the folder anew without what was removed or replaced: afterwards no file of the gallery
   * holds it. (The disk may, where the file was: only an encrypted disk helps against those who can
   * read it block by block.) Searches go on meanwhile, changes wait. Does nothing in memory.
   *
   * @param listener is told of each person who was written; may read the gallery
   * @throws GalleryException if the disk is full or failed; the gallery is as it was then
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
   * Closes the folder; every further call is refused. Further calls of this do nothing.
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
        "the log can no longer be read where faces are: another program cut it off, or the disk"
            + " fails; restore it from a copy",
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
          "a listener cannot change or close the gallery that is being compacted or exported; do it"
              + " when that call has returned");
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
          "a person's label and metadata may take up "
              + MAX_NOTED
              + " bytes together, those of "
              + (label.length() > 100 ? label.substring(0, 100) + "..." : label)
              + " would need "
              + bytes
              + "; keep large data elsewhere and note where");
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
          "the identification threshold must be a cosine within -1 and 1, got " + threshold);
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
              + ", the embedding has "
              + embedding
              + "; embed the face with the gallery's model, preprocessing and mirroring, or enrol"
              + " everyone anew");
    }
  }

  @Override
  public String toString() {
    Snapshot s = table.read(snapshot -> snapshot);
    return "gallery of " + s.livePeople() + " people, " + s.rows() + " embeddings of " + model;
  }
}
