package io.facepipeline.stages;

import io.facepipeline.FacePipelineException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks what stages answer, so that a stage that keeps no promise is named. */
public final class Answers {
  private Answers() {}

  /** The answer, which must hold a value for each of so many things. */
  static <T> List<T> listOf(int count, @Nullable List<T> answer, Object stage) {
    if (answer != null && answer.size() != count) {
      throw new FacePipelineException(
          stage + " returned " + answer.size() + " results for " + count + " faces");
    }
    return list(answer, stage);
  }

  /** The answer, which must be a list without null. */
  static <T> List<T> list(@Nullable List<T> answer, Object stage) {
    if (answer == null || answer.stream().anyMatch(value -> value == null)) {
      throw new FacePipelineException(
          stage + " returned " + (answer == null ? "null" : "a list that holds null"));
    }
    return answer;
  }

  /** The answer, which must not be null. */
  public static <T> T value(@Nullable T answer, Object stage) {
    if (answer == null) {
      throw new FacePipelineException(stage + " returned null");
    }
    return answer;
  }
}
