package io.facepipeline.models.internal;

import io.facepipeline.FaceClassifier;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.ModelCard;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.spi.PipelineDefaults;

/**
 * The default stages of a pipeline: the models of this artifact, and a gallery in memory with the
 * threshold of the embedder's card. The service loader finds it.
 */
public final class DefaultStages implements PipelineDefaults {
  @Override
  public FaceDetector detector() {
    return DefaultModels.detector().open();
  }

  @Override
  public FaceEmbedder embedder() {
    return DefaultModels.embedder();
  }

  @Override
  public FaceClassifier classifier(ModelCard card) {
    return Gallery.inMemory(card);
  }
}
