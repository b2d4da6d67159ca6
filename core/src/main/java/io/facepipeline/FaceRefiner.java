package io.facepipeline;

import java.util.List;

/**
 * Looks for faces where some are expected, which costs far less than looking everywhere: what a
 * detector does between two detections of a video. Implementations are thread-safe.
 */
public interface FaceRefiner {
  /**
   * Finds the faces at given places.
   *
   * @param image the image, upright
   * @param boxes about where faces are expected, in pixels; several for one face are allowed, and
   *     parts may lie outside of the image
   * @return the faces that are there, largest first, each once; not in the order of the boxes
   * @throws io.facepipeline.FacePipelineException if the model fails
   * @throws IllegalStateException if the detector is closed
   */
  List<Face> refine(Image image, List<Box> boxes);
}
