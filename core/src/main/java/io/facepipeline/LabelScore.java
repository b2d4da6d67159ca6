package io.facepipeline;

import java.util.Locale;

/**
 * A label and how probable it is.
 *
 * @param label the label
 * @param probability 0 to 1; those of all labels together are 1
 */
public record LabelScore(String label, float probability) {
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s %.2f", label, probability);
  }
}
