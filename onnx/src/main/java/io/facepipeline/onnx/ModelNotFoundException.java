package io.facepipeline.onnx;

import io.facepipeline.FacePipelineException;
import org.jspecify.annotations.Nullable;

/** A model file that does not exist or cannot be read. */
public final class ModelNotFoundException extends FacePipelineException {
  /**
   * Creates an exception.
   *
   * @param message what was wrong, the value, and what to do
   */
  public ModelNotFoundException(String message) {
    super(message);
  }

  /**
   * Creates an exception with its cause.
   *
   * @param message what was wrong, the value, and what to do
   * @param cause the cause
   */
  public ModelNotFoundException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
