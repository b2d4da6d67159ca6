package io.facepipeline.gallery;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.facepipeline.FaceClassifier;
import io.facepipeline.ModelCard;
import io.facepipeline.internal.SetOnce;
import io.facepipeline.internal.Workers;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Opens a gallery in a folder, with options: by {@link #open}, or for the embedder of a pipeline
 * that is being built, as {@link io.facepipeline.FacePipelineBuilder#classifier(Factory)} does.
 * Each setter refuses a second call. Not thread-safe.
 */
public final class GalleryBuilder implements FaceClassifier.Factory {
  private final Path folder;
  private @Nullable ModelCard model;
  private @Nullable Float threshold;
  private @Nullable Integer parallelism;
  private boolean salvage;
  private boolean readOnly;

  GalleryBuilder(Path folder) {
    this.folder = folder;
  }

  /**
   * Sets the embedder whose faces the gallery holds. With it, a gallery is made where the folder
   * holds none. A gallery that was made before fingerprints named the preparation of crops opens
   * with every embedder of its file; from the next {@link Gallery#compact} on it has the
   * fingerprint of this one ({@link ModelCard#sameEmbedding}).
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
   * Sets the least cosine similarity of a known person; the default is the one that the gallery was
   * made with, and for a new gallery the one on the embedder's card. A new gallery keeps it.
   *
   * @param cosine the threshold, -1 to 1
   * @return this
   * @throws IllegalStateException if it was set already
   * @throws IllegalArgumentException if it is out of range
   */
  @CanIgnoreReturnValue
  public GalleryBuilder threshold(float cosine) {
    Gallery.requireCosine(cosine);
    threshold = SetOnce.set("identification threshold", threshold, cosine);
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
   * Goes on without what is damaged, instead of refusing the gallery: what can be read is written
   * anew, and {@link Gallery#recovery} tells what is lost, and in which file of the folder the
   * damaged log is kept. If a loss was the removal of a person or a face, they are back.
   *
   * @return this
   * @throws IllegalArgumentException if the gallery is to be opened for reading only
   */
  @CanIgnoreReturnValue
  public GalleryBuilder salvage() {
    requireOneOf(readOnly);
    salvage = true;
    return this;
  }

  /**
   * Opens the gallery for reading only: nothing is written into the folder, not even a lock, so
   * that it may be another user's or on a file system that cannot be written to, and may be open
   * elsewhere. It is seen as it was when it was opened, whatever is changed there later. Every
   * change is refused with {@link GalleryException.Reason#READ_ONLY}.
   *
   * @return this
   * @throws IllegalArgumentException if the gallery is to be salvaged
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
          "a gallery can be salvaged or opened for reading only, not both: salvaging writes it"
              + " anew");
    }
  }

  /**
   * {@return the gallery}
   *
   * @throws GalleryException if the folder is in use, damaged, of another embedder or of a newer
   *     library, cannot be read or written, or holds no gallery and no model was set
   * @throws io.facepipeline.FacePipelineException if the gallery is new, nobody has measured the
   *     model, and no threshold was set
   * @throws IllegalArgumentException if the number of threads is out of range
   */
  public Gallery open() {
    return open(LogFile::open);
  }

  /**
   * Opens the gallery for an embedder, as {@link #model} and {@link #open} do; it is made if the
   * folder holds none.
   *
   * @param card the embedder's card
   * @return the gallery
   * @throws IllegalStateException if the model was set already
   * @throws GalleryException as {@link #open} does
   * @throws io.facepipeline.FacePipelineException if the gallery is new, nobody has measured the
   *     model, and no threshold was set
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
            ? GalleryStore.openReadOnly(folder, opener)
            : GalleryStore.open(
                folder,
                model == null ? null : GalleryStore.head(folder, model, threshold),
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
              + ", the embedder is "
              + model.fingerprint()
              + " with "
              + model.embeddingSize()
              + "; use the gallery's model, preprocessing and mirroring, or another folder and"
              + " enrol everyone anew");
    }
    String fingerprint = model == null ? head.model() : model.fingerprint();
    store.noteModel(fingerprint);
    Gallery gallery =
        new Gallery(
            fingerprint,
            head.dimensions(),
            threshold != null ? threshold : head.threshold(),
            store,
            store.table(),
            workers);
    try {
      gallery.composeLabels();
    } catch (RuntimeException e) {
      gallery.close();
      throw e;
    }
    return gallery;
  }
}
