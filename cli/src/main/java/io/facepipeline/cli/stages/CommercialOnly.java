package io.facepipeline.cli.stages;

import io.facepipeline.embedding.ModelFile;
import io.facepipeline.onnx.store.PublishedFile;
import io.facepipeline.onnx.store.PublishedFile.CommercialUse;
import java.nio.file.Path;

/**
 * Refuses with {@code --commercial-only} what does not come from the store of models, which sees to
 * its own: the models inside the program, and files that are known by their hash. Of other files
 * nothing is known, and whoever names one answers for it.
 */
final class CommercialOnly {
  private CommercialOnly() {}

  /** Refuses a model inside the program: what allows its use is not stated. */
  static void requireOwn(StageOptions options, String id) {
    require(options, id, CommercialUse.UNSTATED);
  }

  /** Refuses a published model. */
  static void require(StageOptions options, String id, PublishedFile file) {
    require(options, id, file.license().commercialUse());
  }

  /** Refuses a file that somebody published. */
  static void require(StageOptions options, Path file) {
    if (options.store.commercialOnly) {
      ModelFile.read(file)
          .publication()
          .ifPresent(published -> require(options, file + " (" + published.id() + ")", published));
    }
  }

  private static void require(StageOptions options, String model, CommercialUse use) {
    if (options.store.commercialOnly && use != CommercialUse.YES) {
      throw new IllegalArgumentException(
          model
              + (use == CommercialUse.NO
                  ? ": its authors forbid commercial use"
                  : ": whether commercial use is allowed is not stated")
              + "; choose another model (models list --commercial), or leave --commercial-only"
              + " out");
    }
  }
}
