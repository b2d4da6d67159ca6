package io.facepipeline.onnx.store;

import io.facepipeline.FacePipelineException;

/** A file whose size or hash differs from the published one or from the first download. */
public final class IntegrityException extends FacePipelineException {
  /**
   * Creates an exception.
   *
   * @param message the fact, the value, and what to do
   */
  public IntegrityException(String message) {
    super(message);
  }
}
