package io.facepipeline.models;

import io.facepipeline.FaceClassifier;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.ModelCard;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.spi.PipelineDefaults;

/**
 * What a pipeline uses where it was given nothing else: the models of this artifact, and a gallery
 * in memory with the threshold of the embedder's card. Found by the service loader.
 */
public final class DefaultStages implements PipelineDefaults {
  @Override
  public FaceDetector detector() {
    return DefaultModels.detector().build();
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
