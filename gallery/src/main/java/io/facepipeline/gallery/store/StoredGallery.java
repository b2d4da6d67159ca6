package io.facepipeline.gallery.store;

import io.facepipeline.ModelCard.Thresholds;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.memory.FaceTable;
import io.facepipeline.internal.Workers;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Makes a gallery of a store and a memory that holds what is in it. */
public final class StoredGallery {
  private static final AtomicReference<@Nullable Maker> MAKER = new AtomicReference<>();

  private StoredGallery() {}

  /** How the gallery's own package makes one. */
  @FunctionalInterface
  public interface Maker {
    /** Makes the gallery, which closes the store. */
    Gallery make(
        String model,
        int dimensions,
        float threshold,
        @Nullable Thresholds measured,
        @Nullable ChangeStore store,
        FaceTable table,
        Workers workers);
  }

  /** For {@link Gallery}, once. */
  public static void register(Maker maker) {
    MAKER.set(maker);
  }

  /**
   * Makes a gallery, which closes the store and the workers.
   *
   * @param model the fingerprint of the embedder
   * @param dimensions the number of dimensions of an embedding
   * @param threshold the lowest cosine similarity of a known person
   * @param measured the thresholds on the embedder's card; null if it has none or is not known
   * @param table what is in the store
   */
  public static Gallery of(
      String model,
      int dimensions,
      float threshold,
      @Nullable Thresholds measured,
      ChangeStore store,
      FaceTable table,
      Workers workers) {
    Gallery.inMemory(); // whose class registers the maker
    Maker maker = MAKER.get();
    if (maker == null) {
      throw new IllegalStateException("the gallery's class has not registered how it is made");
    }
    return maker.make(model, dimensions, threshold, measured, store, table, workers);
  }
}
