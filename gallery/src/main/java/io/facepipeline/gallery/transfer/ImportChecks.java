package io.facepipeline.gallery.transfer;

import io.facepipeline.ModelCard;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryException;
import io.facepipeline.gallery.GalleryException.Reason;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a file must be like to be imported, and what is said of one that is not. */
public final class ImportChecks {
  private ImportChecks() {}

  /** The exception for a file that is not of its form. */
  public static GalleryException malformed(Path file, String problem, @Nullable Exception cause) {
    return new GalleryException(
        Reason.MALFORMED_IMPORT, file, problem + "; nothing was imported", cause);
  }

  static GalleryException malformed(Path file, String problem) {
    return malformed(file, problem, null);
  }

  /**
   * Refuses the embeddings of another model.
   *
   * @throws GalleryException if the gallery's is another
   */
  static void requireModel(Gallery gallery, Path file, String model) {
    if (!ModelCard.sameEmbedding(model, gallery.fingerprint())) {
      throw new GalleryException(
          Reason.OTHER_MODEL,
          file,
          "holds embeddings of "
              + model
              + ", but the gallery is of "
              + gallery.fingerprint()
              + "; embed the faces with the gallery's model, preprocessing and mirroring");
    }
  }
}
