package io.facepipeline;

/**
 * A detected face. It always has five landmarks, because alignment, quality and tracking need them.
 * A detector that finds only boxes gets them from a {@code LandmarkFinder} such as MTCNN.
 *
 * @param box its box, in pixels of the upright image
 * @param landmarks its five landmarks, in pixels of the upright image
 * @param score the detector's score, 0 to 1
 */
public record Face(Box box, Landmarks landmarks, float score) {
  /**
   * Creates a face.
   *
   * @throws IllegalArgumentException if it has no box or no landmarks
   */
  public Face {
    if (box == null || landmarks == null) {
      throw new IllegalArgumentException(
          "a face needs a box and five landmarks, got "
              + box
              + " and "
              + landmarks
              + "; a detector that finds only boxes gets landmarks from a LandmarkFinder, such as"
              + " Mtcnn");
    }
  }
}
