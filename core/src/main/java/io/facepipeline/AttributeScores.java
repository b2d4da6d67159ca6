package io.facepipeline;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a {@link FaceAttribute} tells of a face: the probabilities of labels, measured values such
 * as an age, or points. Immutable.
 *
 * @param attribute the attribute, such as {@code expression}
 * @param model the model's id
 * @param scores every label once, most probable first; empty if the model has no labels
 * @param values the measured values by name, in the order of the card; empty if it measures nothing
 * @param unit the unit of the values, such as {@code years}; empty if they have none
 * @param points points in pixels of the photo, in the model's order; empty if it finds none
 */
public record AttributeScores(
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
  public AttributeScores {
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
  public AttributeScores(String attribute, String model, List<LabelScore> scores) {
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
