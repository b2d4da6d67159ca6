package io.facepipeline.examples;

import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineBuilder;
import io.facepipeline.ModelCard;
import io.facepipeline.classify.Gallery;
import io.facepipeline.onnx.ModelNotFoundException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Puts pipelines together; what was opened is closed if the rest fails. */
final class Pipelines {
  private Pipelines() {}

  /** A pipeline that only detects. */
  static FacePipeline detecting(StageFactory stages, StageOptions options) {
    return FacePipeline.builder()
        .parallelism(options.threads)
        .detector(stages.detector(options))
        .build();
  }

  /** A pipeline that detects and embeds. */
  static FacePipeline embedding(StageFactory stages, StageOptions options) {
    return build(stages, options, (builder, card) -> {});
  }

  /** A pipeline with the gallery of a folder, or else with an empty one in memory. */
  static FacePipeline identifying(
      StageFactory stages,
      StageOptions options,
      @Nullable Float threshold,
      @Nullable Path gallery) {
    return build(
        stages,
        options,
        (builder, card) -> builder.classifier(gallery(card, options, threshold, gallery)));
  }

  /** A pipeline with the gallery of a folder, which is made if it is not there, or in memory. */
  static FacePipeline naming(
      StageFactory stages,
      StageOptions options,
      @Nullable Float threshold,
      @Nullable Path gallery,
      PrintWriter err) {
    return build(
        stages,
        options,
        (builder, card) ->
            builder.classifier(
                gallery == null
                    ? gallery(card, options, threshold, null)
                    : GalleryCommand.Options.opened(gallery, card, threshold, err)));
  }

  private static Gallery gallery(
      ModelCard card, StageOptions options, @Nullable Float threshold, @Nullable Path folder) {
    if (folder == null) {
      Thresholds.require(card, threshold, options.embedder);
      return threshold == null ? Gallery.inMemory(card) : Gallery.inMemory(card, threshold);
    }
    Gallery kept =
        threshold == null
            ? Gallery.builder(folder).readOnly().open()
            : Gallery.builder(folder).threshold(threshold).readOnly().open();
    if (!ModelCard.sameEmbedding(kept.embedderId(), card.fingerprint())) {
      kept.close();
      throw new IllegalArgumentException(
          folder
              + " holds embeddings of "
              + kept.embedderId()
              + ", the embedder is "
              + card.fingerprint()
              + "; choose the gallery's with --embedder");
    }
    return kept;
  }

  static FacePipeline build(
      StageFactory stages, StageOptions options, BiConsumer<FacePipelineBuilder, ModelCard> more) {
    FaceDetector detector;
    try {
      detector = stages.detector(options);
    } catch (ModelNotFoundException e) {
      throw withMissingEmbedder(e, stages, options);
    }
    FaceEmbedder embedder = null;
    try {
      embedder = stages.embedder(options);
      FacePipelineBuilder builder =
          FacePipeline.builder().detector(detector).embedder(embedder).parallelism(options.threads);
      more.accept(builder, embedder.card());
      return builder.build();
    } catch (RuntimeException e) {
      detector.close();
      if (embedder != null) {
        embedder.close();
      }
      throw e;
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
