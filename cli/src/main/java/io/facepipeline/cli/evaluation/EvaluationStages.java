package io.facepipeline.cli.evaluation;

import io.facepipeline.CropSpec;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.ModelCard;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.Select;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.onnx.ModelNotFoundException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * A pipeline under evaluation, and what is known of its making.
 *
 * @param pipeline the pipeline; closed with this
 * @param card the embedder's card
 * @param options the options it was made by
 * @param select which face of a photo is embedded
 */
record EvaluationStages(FacePipeline pipeline, ModelCard card, StageOptions options, Select select)
    implements AutoCloseable {
  private static final int FACENET_CROP = 160;

  /**
   * The smallest face of the LFW figures in docs/accuracy.md: where nothing is missed and little
   * else is found. FaceNet's figures were made with a smaller one.
   */
  static int lfwMinFace(CropSpec crop) {
    return crop.width() >= FACENET_CROP ? 40 : 60;
  }

  /** Opens the stages; the least face, where none was given, is the protocol's. */
  static EvaluationStages open(
      StageFactory stages, StageOptions options, Select select, ToIntFunction<CropSpec> minFace) {
    FaceEmbedder embedder = embedder(stages, options);
    FaceDetector detector = null;
    try {
      if (options.minFace == null) {
        options.minFace = minFace.applyAsInt(embedder.crop());
      }
      detector = stages.detector(options);
      FacePipeline pipeline =
          FacePipeline.builder()
              .detector(detector)
              .embedder(embedder)
              .withoutClassifier()
              .selection(select.selection())
              .parallelism(options.threads)
              .build();
      return new EvaluationStages(pipeline, embedder.card(), options, select);
    } catch (RuntimeException e) {
      embedder.close();
      if (detector != null) {
        detector.close();
      }
      throw e;
    }
  }

  private static FaceEmbedder embedder(StageFactory stages, StageOptions options) {
    try {
      return stages.embedder(options);
    } catch (ModelNotFoundException e) {
      // Names the detector's files too where they are missing as well.
      Pipelines.embedding(stages, options).close();
      throw e;
    }
  }

  int threads() {
    return options.threads;
  }

  /** Everything that the result for a photo depends on. */
  String settings() {
    return String.join(
        "\n",
        String.valueOf(EvaluationStages.class.getPackage().getImplementationVersion()),
        card.fingerprint(),
        card.crop().toString(),
        "mirror " + options.mirror,
        options.detectorSettings(),
        "face " + select);
  }

  /** The settings that belong with the figures. */
  Map<String, Object> described() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("model", card.fingerprint());
    values.put("mirror", options.mirror);
    values.put("detector", options.detector);
    values.put("minFace", options.minFace());
    values.put("select", select.name());
    return values;
  }

  @Override
  public void close() {
    pipeline.close();
  }
}
