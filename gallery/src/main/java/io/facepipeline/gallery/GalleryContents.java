package io.facepipeline.gallery;

import io.facepipeline.Embedding;
import io.facepipeline.Match.Candidate;
import io.facepipeline.ModelCard;
import io.facepipeline.gallery.memory.FaceCodes;
import io.facepipeline.gallery.memory.FaceTable;
import io.facepipeline.gallery.memory.Person;
import io.facepipeline.gallery.memory.Snapshot;
import io.facepipeline.gallery.search.GallerySearch;
import io.facepipeline.gallery.search.PersonScores;
import io.facepipeline.gallery.store.ChangeStore;
import io.facepipeline.internal.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a gallery holds, for reading: each call sees it as it was at one moment. Thread-safe. */
final class GalleryContents {
  private static final System.Logger LOG = System.getLogger(GalleryContents.class.getName());

  private final String model;
  private final int dimensions;
  private final @Nullable ChangeStore store;
  private final FaceTable table;
  private final Workers workers;
  private final GallerySearch search;
  private volatile boolean closed;

  GalleryContents(
      String model, int dimensions, @Nullable ChangeStore store, FaceTable table, Workers workers) {
    this.model = model;
    this.dimensions = dimensions;
    this.store = store;
    this.table = table;
    this.workers = workers;
    this.search = new GallerySearch(dimensions, workers);
  }

  String model() {
    return model;
  }

  int dimensions() {
    return dimensions;
  }

  /** Where the gallery is kept; null in memory only. */
  @Nullable ChangeStore store() {
    return store;
  }

  FaceTable table() {
    return table;
  }

  List<String> labels() {
    return read(s -> s.everyone().stream().map(Person::label).toList());
  }

  List<GalleryPerson> people() {
    return read(s -> s.everyone().stream().map(Person::view).toList());
  }

  Optional<GalleryPerson> person(String label) {
    return read(s -> Optional.ofNullable(table.find(s, label)).map(Person::view));
  }

  int size() {
    return read(Snapshot::rows);
  }

  List<GalleryPerson.EnrolledFace> faces(String label) {
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
                    return new GalleryPerson.EnrolledFace(
                        s.idOfRow()[row], person.label(), Embedding.of(model, vector));
                  })
              .toList();
        });
  }

  List<List<Candidate>> searchAll(List<Embedding> probes, GalleryQuery query) {
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

  Gallery.Stats stats(float threshold) {
    return read(
        s -> {
          long disk = store != null ? store.bytes() : 0;
          long live = store != null ? store.liveBytes(s) : 0;
          return new Gallery.Stats(
              s.livePeople(),
              s.rows(),
              model,
              dimensions,
              threshold,
              disk,
              Math.max(0, disk - live));
        });
  }

  <T extends @Nullable Object> T read(Function<Snapshot, T> task) {
    requireOpen();
    try {
      return table.read(task);
    } catch (InternalError e) {
      GalleryException problem = unreadable(e);
      FaceCodes codes = table.read(Snapshot::codes);
      if (codes == null) {
        throw problem;
      }
      // It may be the file of codes that is not there any more, and the faces are read without. Of
      // several threads that meet this, one is the first to give the codes up.
      boolean first = !codes.isLost();
      codes.giveUp();
      T result = readWithoutCodes(task);
      if (first) {
        LOG.log(
            System.Logger.Level.WARNING,
            toString()
                + ": its file of codes was cut by another program, or the disk fails; searches take"
                + " longer until the gallery is opened again");
      }
      return result;
    }
  }

  private <T extends @Nullable Object> T readWithoutCodes(Function<Snapshot, T> task) {
    try {
      return table.read(task);
    } catch (InternalError e) {
      throw unreadable(e);
    }
  }

  /** What the JVM throws where a file that is mapped into memory cannot be read any more. */
  GalleryException unreadable(InternalError e) {
    String message = e.getMessage();
    if (store == null || message == null || !message.contains("unsafe memory access")) {
      throw e;
    }
    return new GalleryException(
        GalleryException.Reason.DAMAGED,
        store.place(),
        "faces in the log can no longer be read: another program truncated it, or the disk fails;"
            + " restore it from a copy",
        e);
  }

  void requireSameModel(Embedding embedding) {
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

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the gallery is closed");
    }
  }

  boolean isClosed() {
    return closed;
  }

  /** Ends all reading; for who has the change lock. */
  void close() {
    closed = true;
    workers.close();
    if (store != null) {
      store.close();
    }
  }

  @Override
  public String toString() {
    Snapshot s = table.read(snapshot -> snapshot);
    return "gallery of " + s.livePeople() + " people, " + s.rows() + " embeddings of " + model;
  }
}
