package io.facepipeline.spi;

import io.facepipeline.FaceClassifier;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.ModelCard;

/**
 * Provides the unset stages of a {@link io.facepipeline.FacePipelineBuilder}. {@link
 * java.util.ServiceLoader} finds it, so this module knows no model. Each method is called only if
 * its stage is needed, and opens a new one, which the pipeline closes.
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
   * Creates the classifier, such as an empty gallery in memory.
   *
   * @param card the card of the pipeline's embedder, the default one or another; with thresholds
   * @return the classifier
   */
  FaceClassifier classifier(ModelCard card);
}
