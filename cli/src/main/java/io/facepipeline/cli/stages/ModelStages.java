package io.facepipeline.cli.stages;

import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.ModelCard.CommercialUse;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.detection.onestage.DetectorModel;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.embedding.ModelFile;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.opencv.HaarCascadeDetector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The stages with the models inside the program, or with published weights. */
public final class ModelStages implements StageFactory {
  @Override
  public FaceDetector detector(StageOptions options) {
    if (options.detector.equals(StageOptions.CASCADE_DETECTOR)) {
      if (options.concernMtcnn() || options.concernOneStage()) {
        throw new IllegalArgumentException(
            "the detector haar takes only --min-face; leave out --factor, --thresholds,"
                + " --input-size and --score-threshold");
      }
      return HaarCascadeDetector.builder().minFaceSize(options.minFace()).build();
    }
    Optional<DetectorModel> oneStage = oneStage(options.detector);
    return oneStage.isPresent() ? oneStage(oneStage.get(), options) : mtcnn(options);
  }

  private static Optional<DetectorModel> oneStage(String detector) {
    Path file = Path.of(detector);
    return DetectorModel.named(detector)
        .or(
            () ->
                Files.isRegularFile(file) && ModelFile.isOnnx(file)
                    ? Optional.of(DetectorModel.of(file))
                    : Optional.empty());
  }

  private static FaceDetector oneStage(DetectorModel model, StageOptions options) {
    if (options.concernMtcnn()) {
      throw new IllegalArgumentException(
          "--factor and --thresholds are for MTCNN, and the detector is "
              + options.detector
              + "; leave them out, or use --score-threshold");
    }
    DetectorModel set =
        model
            .withModels(options.store())
            .withMinFaceSize(options.minFace())
            .withParallelism(options.threads)
            .withProvider(OnnxOptions.Provider.named(options.provider))
            .withLandmarks(() -> ownDetector(options).build());
    if (options.scoreThreshold != null) {
      set = set.withScoreThreshold(options.scoreThreshold);
    }
    if (options.inputSize != null) {
      set =
          options.inputSize.equals(StageOptions.FULL_SIZE)
              ? set.withFullSize()
              : set.withInputSize(Integer.parseInt(options.inputSize));
    }
    return set.open();
  }

  private static FaceDetector mtcnn(StageOptions options) {
    if (options.thresholds.size() != 3) {
      throw new IllegalArgumentException(
          "--thresholds needs three numbers, got " + options.thresholds);
    }
    if (options.concernOneStage()) {
      throw new IllegalArgumentException(
          "--input-size and --score-threshold are for one-stage detectors, and the detector is "
              + options.detector
              + "; leave them out, or use --min-face and --thresholds");
    }
    return weights(options)
        .minFaceSize(options.minFace())
        .factor(options.factor)
        .thresholds(options.thresholds.get(0), options.thresholds.get(1), options.thresholds.get(2))
        .provider(OnnxOptions.Provider.named(options.provider))
        .build();
  }

  /** Refuses a model inside the program with --commercial-only. */
  private static void requireOwn(StageOptions options, String id) {
    options
        .store()
        .requireCommercialUse(
            id, ModelCatalog.installed().entry(id).orElseThrow().file().license().commercialUse());
  }

  private static Mtcnn.Builder ownDetector(StageOptions options) {
    requireOwn(options, DefaultModels.DETECTOR);
    return DefaultModels.detector();
  }

  private static Mtcnn.Builder weights(StageOptions options) {
    return switch (options.detector) {
      case StageOptions.PUBLISHED_DETECTOR -> Mtcnn.builder().models(options.store());
      case DefaultModels.DETECTOR -> ownDetector(options);
      default -> {
        Path file = Path.of(options.detector);
        if (!Files.exists(file)) {
          throw new IllegalArgumentException(
              options.detector
                  + " is neither an ONNX file, nor a file or folder of MTCNN's weights, nor a"
                  + " detector; known are "
                  + Stream.concat(
                          Stream.of(
                              DefaultModels.DETECTOR,
                              StageOptions.PUBLISHED_DETECTOR,
                              StageOptions.CASCADE_DETECTOR),
                          DetectorModel.values().stream().map(DetectorModel::toString))
                      .toList());
        }
        options.store().requireCommercialUse(options.detector, CommercialUse.UNSTATED);
        yield Mtcnn.builder().weights(file);
      }
    };
  }

  @Override
  public List<String> oneStageDetectorsAtHand(StageOptions options) {
    ModelStore store = options.store();
    return DetectorModel.values().stream()
        .filter(model -> model.entry().filter(e -> store.find(e.file()).isPresent()).isPresent())
        .map(DetectorModel::toString)
        .toList();
  }

  @Override
  public FaceEmbedder embedder(StageOptions options) {
    EmbedderOptions how =
        EmbedderOptions.defaults()
            .withMirrored(options.mirror)
            .withThreads(options.threads)
            .withProvider(OnnxOptions.Provider.named(options.provider));
    if (options.embedder.equals(DefaultModels.EMBEDDER)) {
      requireOwn(options, DefaultModels.EMBEDDER);
      return DefaultModels.embedder(how);
    }
    Optional<Backbone> known = Backbone.named(options.embedder);
    if (known.isPresent()) {
      return known.get().load(options.store(), how);
    }
    Path file = Path.of(options.embedder);
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          options.embedder
              + " is neither a file nor a catalog id; the catalog has "
              + Backbone.values().stream().map(Backbone::id).toList());
    }
    return ModelFile.embedder(file, how, options.store());
  }

  @Override
  public List<String> embeddersAtHand(StageOptions options) {
    ModelStore store = options.store();
    return Stream.concat(
            Stream.of(DefaultModels.EMBEDDER),
            Backbone.values().stream()
                .filter(backbone -> store.find(backbone.file()).isPresent())
                .map(Backbone::id))
        .distinct()
        .toList();
  }
}
