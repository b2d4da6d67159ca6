package io.facepipeline;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

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
  default List<Scores> classify(Image image, List<Face> faces) {
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
  List<Scores> classify(Image image, List<Face> faces, FaceAligner aligner);

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

  /**
   * What a {@link FaceAttribute} tells of a face: the probabilities of labels, measured values such
   * as an age, or points. Immutable.
   *
   * @param attribute the attribute, such as {@code expression}
   * @param model the model's id
   * @param scores every label once, most probable first; empty if the model has no labels
   * @param values the measured values by name, in the order of the card; empty if it measures
   *     nothing
   * @param unit the unit of the values, such as {@code years}; empty if they have none
   * @param points points in pixels of the photo, in the model's order; empty if it finds none
   */
  public record Scores(
      String attribute,
      String model,
      List<LabelScore> scores,
      Map<String, Float> values,
      String unit,
      List<Point> points) {
    /**
     * Creates them and sorts the labels.
     *
     * @throws IllegalArgumentException if there is no label, no value and no point
     */
    public Scores {
      if (scores.isEmpty() && values.isEmpty() && points.isEmpty()) {
        throw new IllegalArgumentException("scores of " + attribute + " need a label or a value");
      }
      scores =
          scores.stream().sorted(Comparator.comparing(LabelScore::probability).reversed()).toList();
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
      points = List.copyOf(points);
    }

    /**
     * Creates the scores of labels.
     *
     * @param attribute the attribute, such as {@code expression}
     * @param model the model's id
     * @param scores every label once
     * @throws IllegalArgumentException if there is no label
     */
    public Scores(String attribute, String model, List<LabelScore> scores) {
      this(attribute, model, scores, Map.of(), "", List.of());
    }

    /**
     * {@return the most probable label}
     *
     * @throws IllegalStateException if the model has no labels
     */
    public LabelScore best() {
      if (scores.isEmpty()) {
        throw new IllegalStateException(
            model + " tells no labels but " + this + "; ask for its values or points");
      }
      return scores.get(0);
    }

    /**
     * {@return the probability of a label, 0 to 1}
     *
     * @param label the label
     * @throws IllegalArgumentException if the model does not know it
     */
    public float probability(String label) {
      return scores.stream()
          .filter(score -> score.label().equals(label))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      model
                          + " does not know the label "
                          + label
                          + "; it has "
                          + scores.stream().map(LabelScore::label).sorted().toList()))
          .probability();
    }

    /**
     * {@return a measured value, in the {@link #unit}}
     *
     * @param name the value's name, such as {@code yaw}
     * @throws IllegalArgumentException if the model does not measure it
     */
    public float value(String name) {
      Float value = values.get(name);
      if (value == null) {
        throw new IllegalArgumentException(
            model + " does not measure " + name + "; it measures " + values.keySet());
      }
      return value;
    }

    /** {@return the best label with its probability, the values with their unit, or the points} */
    @Override
    public String toString() {
      if (!scores.isEmpty()) {
        return attribute + ": " + scores.get(0);
      }
      return attribute + ": " + (values.isEmpty() ? points.size() + " points" : measured());
    }

    private String measured() {
      boolean named = !values.keySet().equals(Collections.singleton(attribute));
      String numbers =
          values.entrySet().stream()
              .map(
                  value ->
                      (named ? value.getKey() + " " : "")
                          + String.format(Locale.ROOT, "%.2f", value.getValue()))
              .collect(Collectors.joining(", "));
      return unit.isEmpty() ? numbers : numbers + " " + unit;
    }
  }

  /**
   * A label and its probability.
   *
   * @param label the label
   * @param probability 0 to 1; the probabilities of all labels sum to 1
   */
  public record LabelScore(String label, float probability) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%s %.2f", label, probability);
    }
  }
}
