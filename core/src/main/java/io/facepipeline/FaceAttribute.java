package io.facepipeline;

import java.util.List;

/**
 * A model for an attribute of faces, such as the expression. Thread-safe. Faces are cut by its
 * card, so that no crop can reach a model it was not made for.
 */
public interface FaceAttribute extends AutoCloseable {
  /** {@return the model's card} */
  Card card();

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

  /**
   * The card of a {@link FaceAttribute}.
   *
   * @param attribute the attribute, such as {@code expression}
   * @param id the model's id
   * @param crops how faces are cut, one crop per network
   * @param labels the labels it distinguishes
   * @param license the weights' license
   * @param origin where the weights were published
   */
  public record Card(
      String attribute,
      String id,
      List<CropSpec> crops,
      List<String> labels,
      String license,
      String origin) {
    /**
     * Creates a card.
     *
     * @throws IllegalArgumentException if there is no crop, or a label twice, or fewer than two
     */
    public Card {
      crops = List.copyOf(crops);
      labels = List.copyOf(labels);
      if (crops.isEmpty()) {
        throw new IllegalArgumentException(id + " needs at least one crop");
      }
      if (labels.size() < 2 || labels.stream().distinct().count() != labels.size()) {
        throw new IllegalArgumentException(
            id + " needs two or more different labels, got " + labels);
      }
    }
  }
}
