package io.facepipeline.attributes;

import io.facepipeline.AttributeScores;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The seven expressions of FER2013 (Goodfellow et al. 2013), whatever a model calls them. */
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

  /** What expression models tell: their cards' {@code attribute}. */
  public static final String ATTRIBUTE = "expression";

  /** {@return the label that scores have it under, such as {@code happy}} */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * {@return the most probable expression}
   *
   * @param scores what an expression model said
   * @throws IllegalArgumentException if the scores are of something else
   */
  public static Expression of(AttributeScores scores) {
    String label = scores.best().label();
    return Arrays.stream(values())
        .filter(expression -> expression.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(scores + " is no expression, but one of " + labels()));
  }

  private static List<String> labels() {
    return Arrays.stream(values()).map(Expression::label).toList();
  }
}
