package io.facepipeline.stages;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A stage that a builder was given: the stage itself, or what opens it.
 *
 * @param stage the stage; null if it is opened when the pipeline is built
 * @param opener opens it; null if it is there
 */
public record StagePart<S extends AutoCloseable>(
    @Nullable S stage, @Nullable Supplier<? extends S> opener) {
  public static <S extends AutoCloseable> StagePart<S> of(S stage) {
    return new StagePart<>(stage, null);
  }

  public static <S extends AutoCloseable> StagePart<S> openedBy(Supplier<? extends S> opener) {
    return new StagePart<>(null, opener);
  }

  /** The stage, opened now unless it was given. */
  @SuppressWarnings("NullAway") // one of the two is there
  public S open() {
    return stage != null ? stage : Answers.value(opener.get(), opener);
  }

  @Override
  public String toString() {
    return String.valueOf(stage != null ? stage : opener);
  }
}
