package io.facepipeline;

import java.util.List;

/**
 * A model for an attribute of faces, such as the expression. Thread-safe. Faces are cut by its
 * card, so that no crop can reach a model it was not made for.
 */
public interface FaceAttribute extends AutoCloseable {
  /** {@return the model's card} */
  AttributeCard card();

  /**
   * Classifies faces, cut by the {@linkplain FaceAligner#standard standard aligner}.
   *
   * @param image the photo
   * @param faces faces in it
   * @return the scores of each face, in the same order; the labels are those of the card
   * @throws AlignmentException if a face lies outside the photo
   * @throws FacePipelineException if the model fails
   * @throws IllegalStateException if the model is closed
   */
  default List<AttributeScores> classify(Image image, List<Face> faces) {
    return classify(image, faces, FaceAligner.standard());
  }

  /**
   * Classifies faces.
   *
   * @param image the photo
   * @param faces faces in it
   * @param aligner cuts them
   * @return the scores of each face, in the same order; the labels are those of the card
   * @throws AlignmentException if a face lies outside the photo
   * @throws FacePipelineException if the model fails
   * @throws IllegalStateException if the model is closed
   */
  List<AttributeScores> classify(Image image, List<Face> faces, FaceAligner aligner);

  /** Frees the model's resources; later calls do nothing. */
  @Override
  void close();
}
