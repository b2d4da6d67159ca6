package io.facepipeline.attributes;

import io.facepipeline.FaceAttribute;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The seven expressions of FER2013 (Goodfellow et al. 2013), independent of a model's names for
 * them.
 */
public enum Expression {
  /** Anger. */
  ANGRY,
  /** Disgust. */
  DISGUSTED,
  /** Fear. */
  FEARFUL,
  /** Joy. */
  HAPPY,
  /** Sadness. */
  SAD,
  /** Surprise. */
  SURPRISED,
  /** None of them. */
  NEUTRAL;

  /** The {@code attribute} on the cards of expression models. */
  public static final String ATTRIBUTE = "expression";

  /** {@return its label in scores, such as {@code happy}} */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * {@return the most probable expression}
   *
   * @param scores the scores of an expression model
   * @throws IllegalArgumentException if the scores are of another attribute
   */
  public static Expression of(FaceAttribute.Scores scores) {
    String label = scores.best().label();
    return Arrays.stream(values())
        .filter(expression -> expression.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    scores + " is not an expression; expressions are " + labels()));
  }

  private static List<String> labels() {
    return Arrays.stream(values()).map(Expression::label).toList();
  }
}
