package io.facepipeline;

import java.beans.ConstructorProperties;
import java.beans.Transient;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The outcome for one image of a list: a value or a failure. Immutable.
 *
 * @param <T> the type of the value
 * @param name the name of the image, such as its path
 * @param value the value; null if it failed
 * @param failure the failure; null if there is a value
 */
public record Outcome<T>(String name, @Nullable T value, @Nullable Failure failure) {
  /**
   * Creates an outcome.
   *
   * @throws IllegalArgumentException unless there is either a value or a failure
   */
  public Outcome {
    if ((value == null) == (failure == null)) {
      throw new IllegalArgumentException(
          "the outcome of " + name + " needs either a value or a failure, got " + failure);
    }
  }

  /**
   * A failure. It holds the thrown exception; after JSON only its type and message. Failures are
   * equal if type and message are equal. Immutable.
   */
  public static final class Failure {
    private final String type;
    private final String message;
    private final transient @Nullable RuntimeException exception;

    /**
     * Creates a failure without its exception, as read from JSON.
     *
     * @param type the exception's class, without its package
     * @param message the exception's message
     */
    @ConstructorProperties({"type", "message"})
    public Failure(String type, String message) {
      this.type = type;
      this.message = message;
      exception = null;
    }

    /**
     * Creates a failure.
     *
     * @param exception the thrown exception
     */
    public Failure(RuntimeException exception) {
      type = exception.getClass().getSimpleName();
      message = String.valueOf(exception.getMessage());
      this.exception = exception;
    }

    /** {@return the exception's class without its package, such as {@code ImageException}} */
    public String getType() {
      return type;
    }

    /** {@return the exception's message} */
    public String getMessage() {
      return message;
    }

    /** {@return the thrown exception; after JSON one with the same message} */
    public RuntimeException exception() {
      return exception != null ? exception : new FacePipelineException(toString());
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Failure f && type.equals(f.type) && message.equals(f.message);
    }

    @Override
    public int hashCode() {
      return Objects.hash(type, message);
    }

    @Override
    public String toString() {
      return type + ": " + message;
    }
  }

  /** Runs a task and keeps what it returns, or what it throws; errors pass. */
  static <T> Outcome<T> of(String name, Supplier<T> task) {
    try {
      T value = task.get();
      if (value == null) {
        throw new FacePipelineException("there is no result for " + name + ": it was null");
      }
      return new Outcome<>(name, value, null);
    } catch (RuntimeException e) {
      return new Outcome<>(name, null, new Failure(e));
    } catch (Exception e) {
      // Other languages throw checked exceptions where none is declared.
      return new Outcome<>(name, null, new Failure(new FacePipelineException(name + ": " + e, e)));
    }
  }

  /** The outcome with its value replaced by what a function makes of it. */
  <R> Outcome<R> map(Function<T, R> function) {
    return failure == null
        ? new Outcome<>(name, function.apply(get()), null)
        : new Outcome<>(name, null, failure);
  }

  /** {@return whether there is a value} */
  @Transient // told by the other values, so no part of JSON
  public boolean isPresent() {
    return failure == null;
  }

  /**
   * {@return the value}
   *
   * @throws RuntimeException the reason why there is none, as it was thrown
   */
  @SuppressWarnings("NullAway") // a value is there exactly if no failure is
  public T get() {
    if (failure != null) {
      throw failure.exception();
    }
    return value;
  }

  /** {@return the exception, if the image failed} */
  public Optional<RuntimeException> error() {
    return Optional.ofNullable(failure).map(Failure::exception);
  }

  @Override
  public String toString() {
    return name + ": " + (failure == null ? value : failure);
  }
}
