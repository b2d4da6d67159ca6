package io.facepipeline.cli.stages;

import io.facepipeline.FacePipelineException;
import io.facepipeline.ModelCard;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryBuilder;
import io.facepipeline.gallery.GalleryException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Opens galleries that are kept in folders, and tells what was found amiss. */
public final class Galleries {
  private Galleries() {}

  /** Opens a gallery for an embedder, and makes it if it is not there. */
  public static Gallery open(
      Path folder, ModelCard card, String embedder, @Nullable Float threshold, PrintWriter err) {
    GalleryBuilder builder = Gallery.in(folder).model(card);
    if (threshold != null) {
      builder.threshold(threshold);
    }
    try {
      return reported(builder.open(), err);
    } catch (GalleryException e) {
      throw e;
    } catch (FacePipelineException e) {
      // A new gallery keeps a threshold; that of an old one is known.
      Thresholds.require(card, threshold, embedder);
      throw e;
    }
  }

  /** Says what opening a gallery found, if that is worth saying. */
  public static Gallery reported(Gallery gallery, PrintWriter err) {
    gallery
        .recovery()
        .filter(recovery -> !recovery.isClean())
        .ifPresent(recovery -> err.println("facepipeline: gallery recovered: " + recovery));
    return gallery;
  }
}
