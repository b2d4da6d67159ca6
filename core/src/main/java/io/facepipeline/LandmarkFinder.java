package io.facepipeline;

import java.util.List;

/**
 * Finds the five landmarks of faces whose boxes are known. A {@link io.facepipeline.Face} always
 * has landmarks, because alignment, quality and tracking need them. A detector that finds only
 * boxes can get them here. Implementations are thread-safe.
 */
public interface LandmarkFinder {
  /**
   * Finds landmarks.
   *
   * @param image the image, upright
   * @param boxes boxes of faces, in pixels, from forehead to chin as a detector draws them
   * @return the landmarks of each box, in the order of the boxes; meaningless for a box without a
   *     face
   * @throws io.facepipeline.AlignmentException if a box has no pixel inside the image
   * @throws io.facepipeline.FacePipelineException if the model fails
   * @throws IllegalStateException if the model is closed
   */
  List<Landmarks> landmarks(Image image, List<Box> boxes);
}
