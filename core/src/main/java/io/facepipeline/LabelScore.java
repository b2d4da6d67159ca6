package io.facepipeline;

import java.util.Locale;

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
