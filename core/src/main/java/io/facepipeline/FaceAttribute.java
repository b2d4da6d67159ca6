package io.facepipeline;

import java.util.List;

/**
 * A model for an attribute of faces, such as the expression or the age. Thread-safe. Faces are cut
 * by its card, so that no crop can reach a model it was not made for.
 */
public interface FaceAttribute extends AutoCloseable {
  /** The label of a living face on the cards of models that tell presentation attacks. */
  String LIVE = "live";

  /** {@return the model's card} */
  Card card();

  /**
   * Tells the attribute of faces, cut by the {@linkplain FaceAligner#standard standard aligner}.
   *
   * @param image the photo
   * @param faces faces in it
   * @return what it tells of each face, in the same order; labels, values and points are those of
   *     the card
   * @throws AlignmentException if a face lies outside the photo
   * @throws FacePipelineException if the model fails
   * @throws IllegalStateException if the model is closed
   */
  default List<AttributeScores> classify(Image image, List<Face> faces) {
    return classify(image, faces, FaceAligner.standard());
  }

  /**
   * Tells the attribute of faces.
   *
   * @param image the photo
   * @param faces faces in it
   * @param aligner cuts them
   * @return what it tells of each face, in the same order; labels, values and points are those of
   *     the card
   * @throws AlignmentException if a face lies outside the photo
   * @throws FacePipelineException if the model fails
   * @throws IllegalStateException if the model is closed
   */
  List<AttributeScores> classify(Image image, List<Face> faces, FaceAligner aligner);

  /** Frees the model's resources; later calls do nothing. */
  @Override
  void close();

  /**
   * The card of a {@link FaceAttribute}: it tells labels, values or points.
   *
   * @param attribute the attribute, such as {@code expression}
   * @param id the model's id
   * @param crops how faces are cut, one crop per network
   * @param labels the labels it distinguishes; empty if it tells none
   * @param values the names of the values it measures, such as {@code yaw}; empty if it measures
   *     none
   * @param unit the unit of the values, such as {@code degrees}; empty if they have none
   * @param points how many points it finds
   * @param license the weights' license
   * @param origin where the weights were published
   */
  public record Card(
      String attribute,
      String id,
      List<CropSpec> crops,
      List<String> labels,
      List<String> values,
      String unit,
      int points,
      String license,
      String origin) {
    /**
     * Creates a card.
     *
     * @throws IllegalArgumentException if there is no crop, or a label or value twice, or a single
     *     label, or neither labels nor values nor points
     */
    public Card {
      crops = List.copyOf(crops);
      labels = List.copyOf(labels);
      values = List.copyOf(values);
      if (crops.isEmpty()) {
        throw new IllegalArgumentException(id + " needs at least one crop");
      }
      if (labels.size() == 1 || labels.stream().distinct().count() != labels.size()) {
        throw new IllegalArgumentException(
            id + " needs two or more different labels, got " + labels);
      }
      if (values.stream().distinct().count() != values.size() || points < 0) {
        throw new IllegalArgumentException(
            id + " needs values of different names, got " + values + " and " + points + " points");
      }
      if (labels.isEmpty() && values.isEmpty() && points == 0) {
        throw new IllegalArgumentException(
            id + " needs two or more different labels, a value or points, got none");
      }
    }

    /**
     * Creates the card of a model that tells labels.
     *
     * @param attribute the attribute, such as {@code expression}
     * @param id the model's id
     * @param crops how faces are cut, one crop per network
     * @param labels the labels it distinguishes
     * @param license the weights' license
     * @param origin where the weights were published
     * @throws IllegalArgumentException if there is no crop, or a label twice, or fewer than two
     */
    public Card(
        String attribute,
        String id,
        List<CropSpec> crops,
        List<String> labels,
        String license,
        String origin) {
      this(attribute, id, crops, labels, List.of(), "", 0, license, origin);
    }
  }
}
