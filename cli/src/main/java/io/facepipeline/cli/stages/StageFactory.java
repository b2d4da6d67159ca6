package io.facepipeline.cli.stages;

import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.models.DefaultModels;
import java.util.List;

/** Makes the stages that the options ask for; tests put their own in. The caller closes them. */
public interface StageFactory {
  FaceDetector detector(StageOptions options);

  FaceEmbedder embedder(StageOptions options);

  /** Whether an embedder can be had by its id alone. */
  default boolean knowsEmbedder(String id) {
    return id.equals(DefaultModels.EMBEDDER) || Backbone.named(id).isPresent();
  }

  /** What can be given as {@code --embedder} because its weights are there. */
  List<String> embeddersAtHand(StageOptions options);

  /** The one-stage detectors of the catalog whose weights are there. */
  default List<String> oneStageDetectorsAtHand(StageOptions options) {
    return List.of();
  }
}
