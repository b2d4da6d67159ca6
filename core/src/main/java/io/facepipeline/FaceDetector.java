package io.facepipeline;

import java.util.List;

/**
 * Finds the faces in an image. Implementations are thread-safe and own their native memory, which
 * {@link #close} frees; later use throws {@link IllegalStateException}.
 */
public interface FaceDetector extends AutoCloseable {
  /**
   * Finds the faces in an image.
   *
   * @param image the image, upright
   * @return the faces, largest first; empty if there are none
   * @throws FacePipelineException if the model fails
   * @throws IllegalStateException if the detector is closed
   */
  List<Face> detect(Image image);

  /**
   * Finds the faces in several images of any sizes.
   *
   * @param images the images
   * @return the faces of each image, in the order of the images
   * @throws FacePipelineException if the model fails
   * @throws IllegalStateException if the detector is closed
   */
  default List<List<Face>> detectAll(List<Image> images) {
    return images.stream().map(this::detect).toList();
  }

  /** Frees the model. Further calls do nothing. */
  @Override
  void close();
}
