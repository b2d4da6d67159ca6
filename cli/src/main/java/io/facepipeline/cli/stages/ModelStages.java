package io.facepipeline.cli.stages;

import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.detection.onestage.DetectorModel;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.models.internal.NamedStages;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.PublishedFile;
import io.facepipeline.opencv.HaarCascadeDetector;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The stages with the models inside the program, or with published weights. */
public final class ModelStages implements StageFactory {
  /** The scores that only upright faces reach, of MTCNN, the library's own network and others. */
  private static final float SURE_MTCNN = 0.99f;

  private static final float SURE_SCAN = 0.9f;
  private static final float SURE = 0.85f;

  @Override
  public FaceDetector detector(StageOptions options) {
    FaceDetector upright = upright(options);
    if (!options.anyTurn) {
      return upright;
    }
    boolean scan = options.detector.equals(DefaultModels.DETECTOR);
    return FaceDetector.anyTurn(
        upright, upright instanceof Mtcnn ? SURE_MTCNN : scan ? SURE_SCAN : SURE);
  }

  private static FaceDetector upright(StageOptions options) {
    if (options.detector.equals(StageOptions.CASCADE_DETECTOR)) {
      if (options.concernMtcnn() || options.concernOneStage()) {
        throw new IllegalArgumentException(
            "the detector haar takes only --min-face; leave out --factor, --thresholds,"
                + " --input-size and --score-threshold");
      }
      return HaarCascadeDetector.builder().minFaceSize(options.minFace()).build();
    }
    Optional<DetectorModel> oneStage = NamedStages.oneStage(options.detector);
    return oneStage.isPresent() ? oneStage(oneStage.get(), options) : mtcnn(options);
  }

  private static FaceDetector oneStage(DetectorModel model, StageOptions options) {
    if (options.concernMtcnn()) {
      throw new IllegalArgumentException(
          "--factor and --thresholds are for MTCNN, and the detector is "
              + options.detector
              + "; leave them out, use --score-threshold, or choose --detector "
              + DefaultModels.MTCNN);
    }
    DetectorModel set =
        model
            .withModels(options.store())
            .withMinFaceSize(options.minFace())
            .withParallelism(options.threads)
            .withProvider(OnnxOptions.Provider.named(options.provider))
            .withLandmarks(() -> NamedStages.ownMtcnn(options.store()).build());
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

  private static Mtcnn.Builder weights(StageOptions options) {
    return NamedStages.mtcnn(options.detector, options.store(), StageOptions.CASCADE_DETECTOR);
  }

  private static boolean isAtHand(PublishedFile file, ModelStore store) {
    return file.isInside() || store.find(file).isPresent();
  }

  @Override
  public List<String> oneStageDetectorsAtHand(StageOptions options) {
    ModelStore store = options.store();
    return DetectorModel.values().stream()
        .filter(model -> model.entry().filter(e -> isAtHand(e.file(), store)).isPresent())
        .map(DetectorModel::toString)
        .toList();
  }

  @Override
  public FaceEmbedder embedder(StageOptions options) {
    EmbedderOptions how =
        EmbedderOptions.defaults()
            .withMirrored(options.mirror)
            .withThreads(options.threads)
            .withInt8(options.precision == Precision.INT8)
            .withProvider(OnnxOptions.Provider.named(options.provider));
    return NamedStages.embedder(options.embedder, options.store(), how);
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
