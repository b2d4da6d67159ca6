package io.facepipeline;

/**
 * A face that a detector found. It always has its five landmarks: alignment, quality and tracking
 * rest on them. A detector that finds boxes alone asks for them elsewhere, such as of the {@code
 * LandmarkFinder} that MTCNN is.
 *
 * @param box where it is, in pixels of the upright image
 * @param landmarks its five landmarks, in pixels of the upright image
 * @param score how sure the detector is, 0 to 1
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
              + "; a detector that finds boxes alone gets landmarks from a LandmarkFinder, such as"
              + " Mtcnn");
    }
  }
}
