package io.facepipeline;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What became of one image of a list: a value, or the reason why there is none. Immutable.
 *
 * @param <T> the type of the value
 */
public final class Outcome<T> {
  private final String name;
  private final @Nullable T value;
  private final @Nullable RuntimeException error;

  private Outcome(String name, @Nullable T value, @Nullable RuntimeException error) {
    this.name = name;
    this.value = value;
    this.error = error;
  }

  /**
   * Runs a task and keeps what it returns, or the exception by which the library refuses that
   * input.
   */
  static <T> Outcome<T> of(String name, Supplier<T> task) {
    try {
      return new Outcome<>(name, task.get(), null);
    } catch (FacePipelineException e) {
      return new Outcome<>(name, null, e);
    }
  }

  /** The outcome with its value replaced by what a function makes of it. */
  <R> Outcome<R> map(Function<T, R> function) {
    return error == null
        ? new Outcome<>(name, function.apply(get()), null)
        : new Outcome<>(name, null, error);
  }

  /** {@return the name of the image, such as its path} */
  public String name() {
    return name;
  }

  /** {@return whether there is a value} */
  public boolean isPresent() {
    return error == null;
  }

  /**
   * {@return the value}
   *
   * @throws RuntimeException the reason why there is none
   */
  @SuppressWarnings("NullAway") // a value is there exactly if no error is; T itself is never null
  public T get() {
    if (error != null) {
      throw error;
    }
    return value;
  }

  /** {@return why there is no value; empty if there is one} */
  public Optional<RuntimeException> error() {
    return Optional.ofNullable(error);
  }

  @Override
  public String toString() {
    return name + ": " + (error == null ? value : error);
  }
}
