package io.facepipeline.onnx.store;

import io.facepipeline.FacePipelineException;
import org.jspecify.annotations.Nullable;

/** A cache of models that cannot be read or written. */
public final class ModelStoreException extends FacePipelineException {
  /**
   * Creates an exception.
   *
   * @param message the fact, the value, and what to do
   */
  public ModelStoreException(String message) {
    super(message);
  }

  /**
   * Creates an exception with its cause.
   *
   * @param message the fact, the value, and what to do
   * @param cause the cause
   */
  public ModelStoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
