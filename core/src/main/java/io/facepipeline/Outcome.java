package io.facepipeline;

import java.beans.ConstructorProperties;
import java.beans.Transient;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The outcome for one image of a list or stream: a value or a failure. It names the image by its
 * index, its name and its source. JSON leaves out the source. Outcomes are equal if index, name,
 * and value or failure are equal. Immutable.
 *
 * @param <T> the type of the value
 */
public final class Outcome<T> {
  private final int index;
  private final String name;
  private final @Nullable T value;
  private final @Nullable Failure failure;
  private final transient @Nullable ImageSource source;

  /**
   * Creates an outcome without its source, as read from JSON.
   *
   * @param index the image's index in its list or stream, from 0
   * @param name the name of the image, such as its path
   * @param value the value; null if it failed
   * @param failure the failure; null if there is a value
   * @throws IllegalArgumentException unless there is either a value or a failure
   */
  @ConstructorProperties({"index", "name", "value", "failure"})
  public Outcome(int index, String name, @Nullable T value, @Nullable Failure failure) {
    this(index, name, value, failure, null);
  }

  private Outcome(
      int index,
      String name,
      @Nullable T value,
      @Nullable Failure failure,
      @Nullable ImageSource source) {
    if ((value == null) == (failure == null)) {
      throw new IllegalArgumentException(
          "the outcome of " + name + " needs either a value or a failure, got " + failure);
    }
    this.index = index;
    this.name = name;
    this.value = value;
    this.failure = failure;
    this.source = source;
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

  /** Runs a task for an image and keeps what it returns, or what it throws; errors pass. */
  static <T> Outcome<T> of(Photo photo, Supplier<T> task) {
    try {
      T value = task.get();
      if (value == null) {
        throw new FacePipelineException("there is no result for " + photo.name() + ": it was null");
      }
      return new Outcome<>(photo.index(), photo.name(), value, null, photo.source());
    } catch (RuntimeException e) {
      return failed(photo, e);
    } catch (Exception e) {
      // Other languages throw checked exceptions where none is declared.
      return failed(photo, new FacePipelineException(photo.name() + ": " + e, e));
    }
  }

  private static <T> Outcome<T> failed(Photo photo, RuntimeException e) {
    return new Outcome<>(photo.index(), photo.name(), null, new Failure(e), photo.source());
  }

  /** {@return the image's index in its list or stream, from 0} */
  public int getIndex() {
    return index;
  }

  /** {@return the name of the image, such as its path} */
  public String getName() {
    return name;
  }

  /** {@return the value; null if it failed} */
  public @Nullable T getValue() {
    return value;
  }

  /** {@return the failure; null if there is a value} */
  public @Nullable Failure getFailure() {
    return failure;
  }

  /** {@return the image's index in its list or stream, from 0} */
  public int index() {
    return index;
  }

  /** {@return the name of the image, such as its path} */
  public String name() {
    return name;
  }

  /** {@return the source of the image, as given; empty after JSON} */
  public Optional<ImageSource> source() {
    return Optional.ofNullable(source);
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
  public boolean equals(Object o) {
    return o instanceof Outcome<?> other
        && index == other.index
        && name.equals(other.name)
        && Objects.equals(value, other.value)
        && Objects.equals(failure, other.failure);
  }

  @Override
  public int hashCode() {
    return Objects.hash(index, name, value, failure);
  }

  @Override
  public String toString() {
    return name + ": " + (failure == null ? value : failure);
  }
}
