package io.facepipeline;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The scores of a {@link FaceAttribute} for a face. Immutable.
 *
 * @param attribute the attribute, such as {@code expression}
 * @param model the model's id
 * @param scores every label once, most probable first
 */
public record AttributeScores(String attribute, String model, List<LabelScore> scores) {
  /**
   * Creates the scores and sorts them.
   *
   * @throws IllegalArgumentException if there is no label
   */
  public AttributeScores {
    if (scores.isEmpty()) {
      throw new IllegalArgumentException("scores of " + attribute + " need a label");
    }
    scores =
        scores.stream().sorted(Comparator.comparing(LabelScore::probability).reversed()).toList();
  }

  /** {@return the most probable label} */
  public LabelScore best() {
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

  @Override
  public String toString() {
    return attribute + ": " + best();
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
