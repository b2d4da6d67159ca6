package io.facepipeline.models;

import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipelineBuilder;
import io.facepipeline.PipelineDefaults;
import io.facepipeline.gallery.Gallery;

/**
 * What {@link io.facepipeline.FacePipeline#create()} uses: the models of this artifact, and a
 * gallery in memory with the threshold of the embedder's card. Found by the service loader.
 */
public final class DefaultStages implements PipelineDefaults {
  @Override
  public void configure(FacePipelineBuilder builder) {
    FaceDetector detector = DefaultModels.detector().build();
    FaceEmbedder embedder = null;
    try {
      embedder = DefaultModels.embedder();
      builder.detector(detector).embedder(embedder).classifier(Gallery.inMemory(embedder.card()));
    } catch (RuntimeException e) {
      detector.close();
      if (embedder != null) {
        embedder.close();
      }
      throw e;
    }
  }
}
