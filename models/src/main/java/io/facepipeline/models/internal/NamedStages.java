package io.facepipeline.models.internal;

import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.ModelCard.CommercialUse;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.detection.onestage.DetectorModel;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.embedding.ModelFile;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.store.ModelStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Stages by what a setting says: an id of the catalog, or a file. */
public final class NamedStages {
  /** MTCNN with the published weights. */
  public static final String PUBLISHED_DETECTOR = "mtcnn";

  private NamedStages() {}

  /**
   * {@return the ids of detectors}
   *
   * @param more ids that are known elsewhere
   */
  public static List<String> detectors(String... more) {
    return Stream.of(
            Stream.of(DefaultModels.DETECTOR, DefaultModels.MTCNN, PUBLISHED_DETECTOR),
            Stream.of(more),
            DetectorModel.values().stream().map(DetectorModel::toString))
        .flatMap(ids -> ids)
        .distinct()
        .toList();
  }

  /**
   * {@return the MTCNN of this artifact}
   *
   * @param store says whether it may be used
   */
  public static Mtcnn.Builder ownMtcnn(ModelStore store) {
    requireOwn(store, DefaultModels.MTCNN);
    return DefaultModels.mtcnn();
  }

  /** Refuses a model inside the artifact for commercial use, unless its entry allows that. */
  private static void requireOwn(ModelStore store, String id) {
    store.requireCommercialUse(
        id, ModelCatalog.installed().entry(id).orElseThrow().file().license().commercialUse());
  }

  /**
   * {@return a detector of one stage, by its id or its ONNX file; empty if it is another one}
   *
   * @param detector the id or file
   */
  public static Optional<DetectorModel> oneStage(String detector) {
    if (detector.equals(DefaultModels.DETECTOR)) {
      return Optional.of(DefaultModels.detector());
    }
    Path file = Path.of(detector);
    return DetectorModel.named(detector)
        .or(
            () ->
                Files.isRegularFile(file) && ModelFile.isOnnx(file)
                    ? Optional.of(DetectorModel.of(file))
                    : Optional.empty());
  }

  /**
   * {@return MTCNN with the weights of an id, a file or a folder}
   *
   * @param detector the id, file or folder
   * @param store finds published weights
   * @param more ids of detectors that are known elsewhere, for the message
   * @throws IllegalArgumentException if there is no such detector
   */
  public static Mtcnn.Builder mtcnn(String detector, ModelStore store, String... more) {
    return switch (detector) {
      case PUBLISHED_DETECTOR -> Mtcnn.builder().models(store);
      case DefaultModels.MTCNN -> ownMtcnn(store);
      default -> {
        Path file = Path.of(detector);
        if (!Files.exists(file)) {
          throw new IllegalArgumentException(
              detector
                  + " is neither an ONNX file, nor a file or folder of MTCNN's weights, nor a"
                  + " detector; known are "
                  + detectors(more));
        }
        store.requireCommercialUse(detector, CommercialUse.UNSTATED);
        yield Mtcnn.builder().weights(file);
      }
    };
  }

  /**
   * {@return a detector, opened}
   *
   * @param detector the id, file or folder
   * @param store finds published models
   * @param minFaceSize the side of the smallest face in pixels
   * @param threads the number of threads
   * @throws IllegalArgumentException if there is no such detector
   */
  public static FaceDetector detector(
      String detector, ModelStore store, int minFaceSize, int threads) {
    Optional<DetectorModel> oneStage = oneStage(detector);
    if (oneStage.isPresent()) {
      return oneStage
          .get()
          .withModels(store)
          .withMinFaceSize(minFaceSize)
          .withParallelism(threads)
          .withLandmarks(() -> ownMtcnn(store).parallelism(threads).build())
          .open();
    }
    return mtcnn(detector, store).minFaceSize(minFaceSize).parallelism(threads).build();
  }

  /**
   * {@return an embedder, opened}
   *
   * @param embedder the id or file
   * @param store finds published models
   * @param options how it runs
   * @throws IllegalArgumentException if there is no such embedder
   */
  public static FaceEmbedder embedder(String embedder, ModelStore store, EmbedderOptions options) {
    if (embedder.equals(DefaultModels.EMBEDDER)) {
      requireOwn(store, DefaultModels.EMBEDDER);
      return DefaultModels.embedder(options);
    }
    Optional<Backbone> known = Backbone.named(embedder);
    if (known.isPresent()) {
      return known.get().load(store, options);
    }
    Path file = Path.of(embedder);
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          embedder
              + " is neither a file nor a catalog id; the catalog has "
              + Backbone.values().stream().map(Backbone::id).toList());
    }
    return ModelFile.embedder(file, options, store);
  }
}
