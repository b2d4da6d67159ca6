package io.facepipeline;

import org.jspecify.annotations.Nullable;

/**
 * The base of every exception that this library throws for bad input or a failed operation. Its
 * message names what was wrong, the offending value, and what to do about it. Wrong arguments that
 * a caller could have checked are {@link IllegalArgumentException}s; use after {@code close()} is
 * an {@link IllegalStateException}.
 */
public class FacePipelineException extends RuntimeException {
  /**
   * Creates an exception.
   *
   * @param message what was wrong, the value, and what to do
   */
  public FacePipelineException(String message) {
    super(message);
  }

  /**
   * Creates an exception with its cause.
   *
   * @param message what was wrong, the value, and what to do
   * @param cause the cause
   */
  public FacePipelineException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
