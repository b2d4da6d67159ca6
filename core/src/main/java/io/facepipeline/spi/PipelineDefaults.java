package io.facepipeline.spi;

import io.facepipeline.FaceClassifier;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.ModelCard;

/**
 * Provides the stages that a {@link io.facepipeline.FacePipelineBuilder} was not given; found by
 * {@link java.util.ServiceLoader}, so that this module need not know any model. Each method is
 * called only if its stage is needed, and opens a new one, which the pipeline closes.
 */
public interface PipelineDefaults {
  /**
   * Opens the detector.
   *
   * @return the detector
   * @throws io.facepipeline.FacePipelineException if it cannot be opened
   */
  FaceDetector detector();

  /**
   * Opens the embedder.
   *
   * @return the embedder, with thresholds on its card
   * @throws io.facepipeline.FacePipelineException if it cannot be opened
   */
  FaceEmbedder embedder();

  /**
   * Makes the classifier, such as an empty gallery in memory.
   *
   * @param card the card of the pipeline's embedder, the default one or another; with thresholds
   * @return the classifier
   */
  FaceClassifier classifier(ModelCard card);
}
