package io.facepipeline;

import io.facepipeline.stages.AnyTurnDetector;
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

  /**
   * {@return a detector that also finds the faces of photos which lie on their side or upside down:
   * where no upright face is sure, it looks at the three other quarter turns, and gives the faces
   * of the turn that shows most}
   *
   * <p>Boxes and landmarks are in pixels of the image as given. The left eye is the one on the left
   * when the face is upright, so alignment works as usual. Cost: a photo with a sure face costs the
   * same as before, any other four times as much. It is no {@link FaceRefiner}.
   *
   * @param detector finds upright faces; closed with the result
   * @param sure the score that only upright faces reach, more than 0 and at most 1: 0.99 for MTCNN,
   *     0.9 for {@code scan-default}
   * @throws IllegalArgumentException if the score is out of range
   */
  static FaceDetector anyTurn(FaceDetector detector, float sure) {
    return new AnyTurnDetector(detector, sure);
  }

  /** Frees the model. Further calls do nothing. */
  @Override
  void close();
}
