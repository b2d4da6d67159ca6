package io.facepipeline.onnx;

import io.facepipeline.FacePipelineException;
import org.jspecify.annotations.Nullable;

/** ONNX Runtime refused or failed to run a model. */
public final class InferenceException extends FacePipelineException {
  /**
   * Creates an exception.
   *
   * @param message which model failed, on what, and why
   * @param cause what the runtime said
   */
  public InferenceException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
