package io.facepipeline.onnx;

import io.facepipeline.FacePipelineException;
import org.jspecify.annotations.Nullable;

/** A model file that is not valid ONNX, is truncated, or cannot run on ONNX Runtime. */
public final class MalformedModelException extends FacePipelineException {
  /**
   * Creates an exception.
   *
   * @param message what was wrong, the value, and what to do
   */
  public MalformedModelException(String message) {
    super(message);
  }

  /**
   * Creates an exception with its cause.
   *
   * @param message what was wrong, the value, and what to do
   * @param cause the cause
   */
  public MalformedModelException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
