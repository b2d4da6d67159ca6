package io.facepipeline.cli.stages;

import io.facepipeline.FaceDetector;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineBuilder;
import io.facepipeline.ModelCard;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryBuilder;
import io.facepipeline.image.ImageCodecs;
import io.facepipeline.onnx.ModelNotFoundException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Puts pipelines together; what was opened is closed if the rest fails. */
public final class Pipelines {
  private Pipelines() {}

  /** A pipeline that only detects. */
  public static FacePipeline detecting(StageFactory stages, StageOptions options) {
    prepareCodecs();
    return FacePipeline.builder()
        .parallelism(options.threads)
        .detector(stages.detector(options))
        .withoutEmbedder()
        .build();
  }

  /** A pipeline that detects and embeds. */
  public static FacePipeline embedding(StageFactory stages, StageOptions options) {
    return builder(stages, options).withoutClassifier().build();
  }

  /**
   * A builder with the detector, the embedder and the threads that the options ask for; it refuses
   * what is not live, if they do.
   */
  public static FacePipelineBuilder builder(StageFactory stages, StageOptions options) {
    prepareCodecs();
    return options.live.apply(
        FacePipeline.builder()
            .detector(() -> detector(stages, options))
            .embedder(() -> stages.embedder(options))
            .parallelism(options.threads),
        options);
  }

  /**
   * A pipeline with the gallery of a folder and the embedder that it names, or else with an empty
   * gallery in memory.
   */
  public static FacePipeline identifying(
      CommandSpec spec,
      StageFactory stages,
      StageOptions options,
      @Nullable Float threshold,
      @Nullable Path folder) {
    if (folder == null) {
      return builder(stages, options)
          .classifier(card -> inMemory(card, options, threshold))
          .build();
    }
    GalleryBuilder opening = Gallery.in(folder).readOnly();
    Gallery kept = (threshold == null ? opening : opening.threshold(threshold)).open();
    try {
      options.follow(spec, stages, kept.fingerprint(), folder.toString());
      return builder(stages, options)
          .classifier(
              card -> {
                requireSame(folder, kept, card);
                return kept;
              })
          .build();
    } catch (RuntimeException e) {
      kept.close();
      throw e;
    }
  }

  /** A pipeline with the gallery of a folder, which is made if it is not there, or in memory. */
  public static FacePipeline naming(
      CommandSpec spec,
      StageFactory stages,
      StageOptions options,
      @Nullable Float threshold,
      @Nullable Path gallery,
      PrintWriter err) {
    options.followGallery(spec, stages, gallery);
    return builder(stages, options)
        .classifier(
            card ->
                gallery == null
                    ? inMemory(card, options, threshold)
                    : Galleries.open(gallery, card, options.embedder, threshold, err))
        .build();
  }

  /** The native libraries that decode photos load while this thread loads the models. */
  private static void prepareCodecs() {
    Thread thread = new Thread(ImageCodecs::prepare, "facepipeline-codecs");
    thread.setDaemon(true);
    // Who reads the first photo meets the same failure, and names it.
    thread.setUncaughtExceptionHandler((ended, failure) -> {});
    thread.start();
  }

  private static Gallery inMemory(ModelCard card, StageOptions options, @Nullable Float threshold) {
    Thresholds.require(card, threshold, options.embedder);
    return threshold == null ? Gallery.inMemory(card) : Gallery.inMemory(card, threshold);
  }

  /** Refuses a gallery of another embedder. */
  public static void requireSame(Path folder, Gallery kept, ModelCard card) {
    if (!ModelCard.sameEmbedding(kept.fingerprint(), card.fingerprint())) {
      throw new IllegalArgumentException(
          folder
              + " holds embeddings of "
              + kept.fingerprint()
              + ", but the embedder is "
              + card.fingerprint()
              + "; leave out --embedder, or name the one it was made with");
    }
  }

  private static FaceDetector detector(StageFactory stages, StageOptions options) {
    try {
      return stages.detector(options);
    } catch (ModelNotFoundException e) {
      throw withMissingEmbedder(e, stages, options);
    }
  }

  /**
   * Names the embedder's files too if they are missing, so that one message tells all that is
   * wanted.
   */
  private static ModelNotFoundException withMissingEmbedder(
      ModelNotFoundException detector, StageFactory stages, StageOptions options) {
    try {
      stages.embedder(options).close();
      return detector;
    } catch (ModelNotFoundException embedder) {
      return new ModelNotFoundException(
          detector.getMessage() + "\n" + embedder.getMessage(), detector);
    }
  }
}
