package io.facepipeline.onnx;

import io.facepipeline.FacePipelineException;
import org.jspecify.annotations.Nullable;

/**
 * A run that ONNX Runtime refused or failed to finish, or its native library that cannot be
 * unpacked or loaded; then the message names the folder, and the setting that names another.
 */
public final class InferenceException extends FacePipelineException {
  /**
   * Creates an exception.
   *
   * @param message what was wrong, the value, and what to do
   */
  public InferenceException(String message) {
    super(message);
  }

  /**
   * Creates an exception with its cause.
   *
   * @param message what was wrong, the value, and what to do
   * @param cause the cause
   */
  public InferenceException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
