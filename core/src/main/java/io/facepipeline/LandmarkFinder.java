package io.facepipeline;

import java.util.List;

/**
 * Finds the five landmarks of faces whose boxes are known. A {@link io.facepipeline.Face} always
 * has landmarks, since alignment, quality and tracking rest on them; a detector that finds boxes
 * alone asks one of these for them. Implementations are thread-safe.
 */
public interface LandmarkFinder {
  /**
   * Finds landmarks.
   *
   * @param image the image, upright
   * @param boxes boxes of faces, in pixels, about as a detector draws them: from forehead to chin
   * @return the landmarks of each box, in the order of the boxes; where a box holds no face they
   *     mean nothing
   * @throws io.facepipeline.AlignmentException if a box has no pixel inside the image
   * @throws io.facepipeline.FacePipelineException if the model fails
   * @throws IllegalStateException if the model is closed
   */
  List<Landmarks> landmarks(Image image, List<Box> boxes);
}
