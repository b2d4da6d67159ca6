package io.facepipeline;

import java.util.List;

/**
 * Looks for faces only where some are expected, which costs far less than searching the whole
 * image. Video tracking uses it between two detections. Implementations are thread-safe.
 */
public interface FaceRefiner {
  /**
   * Finds the faces at given places.
   *
   * @param image the image, upright
   * @param boxes approximate places of faces, in pixels; several per face are allowed, and they may
   *     extend beyond the image
   * @return the faces found, largest first, each once; not in the order of the boxes
   * @throws io.facepipeline.FacePipelineException if the model fails
   * @throws IllegalStateException if the detector is closed
   */
  List<Face> refine(Image image, List<Box> boxes);
}
