package io.facepipeline.gallery;

import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.FaceClassifier;
import io.facepipeline.FaceGallery;
import io.facepipeline.Match;
import io.facepipeline.Match.Candidate;
import io.facepipeline.ModelCard;
import io.facepipeline.ModelCard.Thresholds;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.memory.FaceTable;
import io.facepipeline.gallery.store.ChangeStore;
import io.facepipeline.gallery.store.StoredGallery;
import io.facepipeline.internal.Cosines;
import io.facepipeline.internal.Workers;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Enrolled people and an exact search among them. A probe is compared with every face. A person's
 * similarity is that of their most similar face. The most similar person is named if the cosine
 * similarity reaches the threshold. A gallery is in memory only or kept in a folder.
 *
 * <p>A card's identification threshold is for about 1,000 faces; {@link
 * Thresholds#identification(long, double)} gives others. When people are named among so many faces
 * that more than 10 % of strangers would get a name, a gallery that was opened with a card logs a
 * warning, once.
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
 * <p>A listener of {@link #compact} or {@link #exportTo} may read the gallery, and wait for other
 * threads that change it. If it changes or closes the gallery itself, it gets an {@link
 * IllegalStateException}. What it throws ends the work. A filter of a {@link GalleryQuery} and a
 * listener of {@link #importFrom} may do anything.
 */
public final class Gallery implements FaceGallery {
  private static final int CANDIDATES = 5;
  private static final int EXPECTED = 64;

  static {
    StoredGallery.register(Gallery::new);
  }

  private final float threshold;
  private final OutgrownThreshold outgrown;
  private final GalleryContents contents;
  private final GalleryChanges changes;

  Gallery(
      String model,
      int dimensions,
      float threshold,
      @Nullable Thresholds measured,
      @Nullable ChangeStore store,
      FaceTable table,
      Workers workers) {
    this.threshold = threshold;
    outgrown = new OutgrownThreshold(measured, threshold);
    contents = new GalleryContents(model, dimensions, store, table, workers);
    changes = new GalleryChanges(contents);
    if (store != null) {
      store.follow(changes::refresh);
    }
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
    Cosines.require(GalleryBuilder.THRESHOLD, threshold);
    FaceTable table = new FaceTable(card.embeddingSize(), EXPECTED);
    table.share(new FloatBuffer[0]);
    Workers workers = new Workers(Runtime.getRuntime().availableProcessors());
    return new Gallery(
        card.fingerprint(),
        card.embeddingSize(),
        threshold,
        card.thresholds(),
        null,
        table,
        workers);
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
    Cosines.require(GalleryBuilder.THRESHOLD, threshold);
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
    return contents.model();
  }

  /** {@return the number of dimensions of an embedding} */
  public int dimensions() {
    return contents.dimensions();
  }

  /** {@return the lowest cosine similarity of a known person} */
  public float threshold() {
    return threshold;
  }

  /** {@return whether the gallery is open for reading only and refuses every change} */
  public boolean isReadOnly() {
    ChangeStore store = contents.store();
    return store != null && store.isReadOnly();
  }

  /** {@return the report of opening the folder; empty for a gallery in memory} */
  public Optional<GalleryRecovery> recovery() {
    return Optional.ofNullable(contents.store()).flatMap(ChangeStore::recovery);
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
    changes.enrollAll(enrollments, false);
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
    changes.enrollAll(List.of(enrollment), true);
  }

  /**
   * Removes a person. In memory the vectors are overwritten; on the disk they stay until {@link
   * #compact}.
   *
   * @throws GalleryException if the disk is full or fails; then nobody was removed
   */
  @Override
  public int remove(String label) {
    return changes.remove(label);
  }

  /**
   * Removes a face, and its person if it was the last.
   *
   * @param id the face's number
   * @return whether the face was there
   * @throws GalleryException if the disk is full or fails; then nothing was removed
   */
  public boolean removeFace(long id) {
    return changes.removeFace(id);
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
    changes.merge(label, into);
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
    changes.setMetadata(label, metadata);
  }

  @Override
  public List<String> labels() {
    return contents.labels();
  }

  /** {@return everyone, in the order of their first enrollment} */
  public List<GalleryPerson> people() {
    return contents.people();
  }

  /**
   * {@return a person; empty if the label is not enrolled}
   *
   * @param label the person's label
   */
  public Optional<GalleryPerson> person(String label) {
    return contents.person(label);
  }

  /** {@return the number of faces of all people} */
  public int size() {
    return contents.size();
  }

  /**
   * {@return the faces of a person, in the order of their enrollment; empty if the label is not
   * enrolled}
   *
   * @param label the person's label
   */
  public List<GalleryPerson.EnrolledFace> faces(String label) {
    return contents.faces(label);
  }

  /**
   * {@return the embeddings of a person, in the order of their enrollment; empty if the label is
   * not enrolled}
   *
   * @param label the person's label
   */
  public List<Embedding> embeddings(String label) {
    return faces(label).stream().map(GalleryPerson.EnrolledFace::embedding).toList();
  }

  @Override
  public Match classify(Embedding probe) {
    outgrown.check(size());
    return Match.of(search(probe, CANDIDATES), threshold);
  }

  /** Shares each pass over memory, as {@link #searchAll} does. */
  @Override
  public List<Match> classifyAll(List<Embedding> probes) {
    outgrown.check(size());
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
    return contents.searchAll(probes, query);
  }

  /** {@return the size of the gallery} */
  public Stats stats() {
    return contents.stats(threshold);
  }

  /**
   * Rewrites the folder without removed and replaced data: afterwards no file of the gallery holds
   * it. (The disk's freed blocks may still hold it; only an encrypted disk protects those.)
   * Searches run meanwhile, changes wait. Does nothing for a gallery in memory.
   *
   * @param listener is notified of each person written, in the calling thread; may read the
   *     gallery. If it throws, the gallery is as it was, unless the work was finished already for
   *     another thread that waited to change the gallery
   * @throws GalleryException if the disk is full or fails; then the gallery is as it was
   * @throws IllegalStateException if a listener of this or of an export calls it
   */
  public void compact(ProgressListener listener) {
    changes.compact(listener);
  }

  /**
   * Writes the gallery into a file that only its owner can read: {@code .csv} with a row per face,
   * or {@code .npz} for NumPy. Both name the model of the embeddings, and embeddings are exact in
   * both. The faces' numbers are written but not read. The write is atomic. Searches run meanwhile,
   * changes wait. If the process is killed, the next opening of the gallery for writing deletes the
   * leftovers, and so does the next export to that file, of any gallery, once they are ten minutes
   * old.
   *
   * <p>CSV has the columns {@code face}, {@code label}, {@code model}, one {@code meta:KEY} for
   * each key of the metadata (an empty cell means absent, so an empty value does not come back),
   * and {@code e0}, {@code e1} and so on. NPZ has the arrays {@code embeddings} (float32, faces x
   * dimensions), {@code labels} and {@code faces} (one per face), {@code model} (a string), and
   * {@code metadata_label}, {@code metadata_key} and {@code metadata_value}, one per entry; an
   * import needs {@code embeddings}, {@code labels} and {@code model}. If one long text would make
   * such an array many times larger than the texts, {@code NAME_utf8} (uint8) and {@code NAME_ends}
   * (int64) replace it: the texts' UTF-8 and the offset of the byte after each.
   *
   * @param file a file whose name ends in {@code .csv} or {@code .npz}; replaced if it exists
   * @param listener is notified of each person written, in the calling thread; may read the
   *     gallery. If it throws, the file is as it was
   * @throws IllegalArgumentException if the name has another suffix
   * @throws GalleryException if the file cannot be written, or the gallery's log has changed since
   *     it was written
   * @throws IllegalStateException if the listener changes or closes the gallery
   */
  public void exportTo(Path file, ProgressListener listener) {
    GalleryTransfer.exportTo(this, file, listener);
  }

  /**
   * Adds the faces of a file that {@link #exportTo} describes to those already there. The whole
   * file is checked before anything is enrolled, so a file with an error changes nothing. Then the
   * faces are enrolled in batches.
   *
   * @param file a file whose name ends in {@code .csv} or {@code .npz}
   * @param listener is notified of each enrolled face
   * @return the number of enrolled faces
   * @throws IllegalArgumentException if the name has another suffix
   * @throws GalleryException if the file does not have that form, its embeddings come from another
   *     model, or it cannot be read; or if the disk is full, in which case whole batches may have
   *     been enrolled
   */
  public long importFrom(Path file, ProgressListener listener) {
    return GalleryTransfer.importInto(this, file, listener);
  }

  /**
   * Closes the folder. Further calls fail, except of this method, which does nothing.
   *
   * @throws IllegalStateException if a listener of {@link #compact} or of an export calls it
   */
  @Override
  public void close() {
    changes.close();
  }

  /** {@return what changes the gallery} */
  GalleryChanges changes() {
    return changes;
  }

  @Override
  public String toString() {
    return contents.toString();
  }

  /**
   * The size of a gallery. Immutable.
   *
   * @param people the number of people
   * @param faces the number of faces of all people
   * @param model the fingerprint of the embedder
   * @param dimensions the number of dimensions of an embedding
   * @param threshold the lowest cosine similarity of a known person
   * @param bytesOnDisk the size of the log; 0 for a gallery in memory
   * @param bytesReclaimable about how many bytes {@link Gallery#compact} frees: those of removed
   *     and replaced faces
   */
  public record Stats(
      int people,
      int faces,
      String model,
      int dimensions,
      float threshold,
      long bytesOnDisk,
      long bytesReclaimable) {}
}
