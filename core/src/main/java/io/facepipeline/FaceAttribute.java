package io.facepipeline;

import java.util.List;

/**
 * A model that tells something about faces other than whose they are, such as the expression.
 * Thread-safe. Has the faces cut as its card says, so that no crop can reach a model it was not
 * made for.
 */
public interface FaceAttribute extends AutoCloseable {
  /** {@return what the model says about itself} */
  AttributeCard card();

  /**
   * Looks at faces, cut by the {@linkplain FaceAligner#standard standard aligner}.
   *
   * @param image the photo
   * @param faces faces in it
   * @return what the model says of each, in the same order; the labels are those of the card
   * @throws AlignmentException if a face lies outside of the photo
   * @throws FacePipelineException if the model fails
   * @throws IllegalStateException if the model is closed
   */
  default List<AttributeScores> classify(Image image, List<Face> faces) {
    return classify(image, faces, FaceAligner.standard());
  }

  /**
   * Looks at faces.
   *
   * @param image the photo
   * @param faces faces in it
   * @param aligner cuts them
   * @return what the model says of each, in the same order; the labels are those of the card
   * @throws AlignmentException if a face lies outside of the photo
   * @throws FacePipelineException if the model fails
   * @throws IllegalStateException if the model is closed
   */
  List<AttributeScores> classify(Image image, List<Face> faces, FaceAligner aligner);

  /** Frees what the model holds; later calls do nothing. */
  @Override
  void close();
}
