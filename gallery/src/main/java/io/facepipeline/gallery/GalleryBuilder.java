package io.facepipeline.gallery;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.facepipeline.FaceClassifier;
import io.facepipeline.ModelCard;
import io.facepipeline.gallery.log.GalleryOpening;
import io.facepipeline.gallery.log.GalleryRecord;
import io.facepipeline.gallery.log.GalleryStore;
import io.facepipeline.gallery.log.LogFile;
import io.facepipeline.internal.Cosines;
import io.facepipeline.internal.SetOnce;
import io.facepipeline.internal.Workers;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Opens a gallery in a folder with options, directly with {@link #open} or for a pipeline's
 * embedder with {@link io.facepipeline.FacePipelineBuilder#classifier(Factory)}. Each setter
 * refuses a second call. Not thread-safe.
 */
public final class GalleryBuilder implements FaceClassifier.Factory {
  /** What messages call it. */
  static final String THRESHOLD = "identification threshold";

  private static final int CODES_FROM = 50_000;

  private final Path folder;
  private @Nullable ModelCard model;
  private @Nullable Float threshold;
  private @Nullable Integer parallelism;
  private @Nullable Integer codesFrom;
  private boolean salvage;
  private boolean readOnly;

  GalleryBuilder(Path folder) {
    this.folder = folder;
  }

  /**
   * Sets the embedder whose faces the gallery holds. With it, a gallery is created if the folder
   * holds none. A gallery from before fingerprints named the preparation of crops opens with every
   * embedder of its file; from the next {@link Gallery#compact} on it has the fingerprint of this
   * one ({@link ModelCard#sameEmbedding}).
   *
   * @param card the embedder's card
   * @return this
   * @throws IllegalStateException if it was set already
   */
  @CanIgnoreReturnValue
  public GalleryBuilder model(ModelCard card) {
    model = SetOnce.set("model", model, card);
    return this;
  }

  /**
   * Sets the lowest cosine similarity of a known person; the default is the gallery's own, and for
   * a new gallery that of the embedder's card. A new gallery stores it.
   *
   * @param cosine the threshold, -1 to 1
   * @return this
   * @throws IllegalStateException if it was set already
   * @throws IllegalArgumentException if it is out of range
   */
  @CanIgnoreReturnValue
  public GalleryBuilder threshold(float cosine) {
    Cosines.require(THRESHOLD, cosine);
    threshold = SetOnce.set(THRESHOLD, threshold, cosine);
    return this;
  }

  /**
   * Sets the number of threads that share a large search; the default is one per processor. A
   * search inside a pipeline uses the pipeline's threads.
   *
   * @param threads the number, 1 to 1024
   * @return this
   * @throws IllegalStateException if it was set already
   */
  @CanIgnoreReturnValue
  public GalleryBuilder parallelism(int threads) {
    parallelism = SetOnce.set("parallelism", parallelism, threads);
    return this;
  }

  /**
   * Sets from how many faces on a search looks at codes first: four bits a dimension, kept in the
   * folder beside the faces, which tell of most faces that they cannot be among the best. The
   * answers are the same, to the last bit. The default is 50,000 faces; fewer take a few
   * milliseconds without. Whoever opens the gallery for reading alone uses the codes that are
   * there.
   *
   * @param faces the number, at least 1; {@link Integer#MAX_VALUE} for no codes
   * @return this
   * @throws IllegalStateException if it was set already
   * @throws IllegalArgumentException if it is not positive
   */
  @CanIgnoreReturnValue
  public GalleryBuilder codesFrom(int faces) {
    if (faces < 1) {
      throw new IllegalArgumentException(
          "the number of faces from which on there are codes must be positive, got " + faces);
    }
    codesFrom = SetOnce.set("number of faces for codes", codesFrom, faces);
    return this;
  }

  /**
   * Opens a damaged gallery without the damaged records, instead of failing. The readable records
   * are written to a new log. {@link Gallery#recovery} lists what is lost and names the file in the
   * folder that keeps the damaged log. If a lost record removed a person or a face, they are back.
   *
   * @return this
   * @throws IllegalArgumentException if {@link #readOnly} was called
   */
  @CanIgnoreReturnValue
  public GalleryBuilder salvage() {
    requireOneOf(readOnly);
    salvage = true;
    return this;
  }

  /**
   * Opens the gallery for reading only. Nothing is written into the folder, not even a lock. So the
   * folder may belong to another user, be on a read-only file system, or be open elsewhere. The
   * gallery shows its state at opening, whatever changes there later. Every change fails with
   * {@link GalleryException.Reason#READ_ONLY}.
   *
   * @return this
   * @throws IllegalArgumentException if {@link #salvage} was called
   */
  @CanIgnoreReturnValue
  public GalleryBuilder readOnly() {
    requireOneOf(salvage);
    readOnly = true;
    return this;
  }

  private static void requireOneOf(boolean other) {
    if (other) {
      throw new IllegalArgumentException(
          "choose salvage() or readOnly(), not both: salvaging rewrites the gallery");
    }
  }

  /**
   * {@return the gallery}
   *
   * @throws GalleryException if the folder is in use, damaged, of another embedder or of a newer
   *     library, cannot be read or written, or holds no gallery and no model was set
   * @throws io.facepipeline.FacePipelineException if the gallery is new, the card has no threshold,
   *     and none was set
   * @throws IllegalArgumentException if the number of threads is out of range
   */
  public Gallery open() {
    return open(LogFile::open);
  }

  /**
   * Opens the gallery for an embedder, like {@link #model} and {@link #open}; creates it if the
   * folder holds none.
   *
   * @param card the embedder's card
   * @return the gallery
   * @throws IllegalStateException if the model was set already
   * @throws GalleryException as in {@link #open}
   * @throws io.facepipeline.FacePipelineException if the gallery is new, the card has no threshold,
   *     and none was set
   */
  @Override
  public Gallery create(ModelCard card) {
    return model(card).open();
  }

  Gallery open(LogFile.Opener opener) {
    Workers workers =
        new Workers(parallelism != null ? parallelism : Runtime.getRuntime().availableProcessors());
    GalleryStore store =
        readOnly
            ? GalleryOpening.readOnly(folder, opener)
            : GalleryOpening.writable(
                folder,
                model == null ? null : GalleryOpening.head(folder, model, threshold),
                salvage,
                opener);
    GalleryRecord.Head head = store.head();
    if (model != null
        && !(ModelCard.sameEmbedding(head.model(), model.fingerprint())
            && head.dimensions() == model.embeddingSize())) {
      store.close();
      throw new GalleryException(
          GalleryException.Reason.OTHER_MODEL,
          folder,
          "holds "
              + head.dimensions()
              + " dimensions of "
              + head.model()
              + ", but the embedder is "
              + model.fingerprint()
              + " with "
              + model.embeddingSize()
              + "; use the gallery's model, preprocessing and mirroring, or another folder and"
              + " enroll everyone again");
    }
    String fingerprint = model == null ? head.model() : model.fingerprint();
    store.noteModel(fingerprint);
    Gallery gallery =
        new Gallery(
            fingerprint,
            head.dimensions(),
            threshold != null ? threshold : head.threshold(),
            model == null ? null : model.thresholds(),
            store,
            store.table(),
            workers);
    try {
      store.useCodes(workers, codesFrom != null ? codesFrom : CODES_FROM);
      gallery.changes().composeLabels();
    } catch (RuntimeException e) {
      gallery.close();
      throw e;
    }
    return gallery;
  }

  @Override
  public String toString() {
    return "gallery in " + folder;
  }
}
