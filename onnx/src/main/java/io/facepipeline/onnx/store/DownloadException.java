package io.facepipeline.onnx.store;

import io.facepipeline.FacePipelineException;
import org.jspecify.annotations.Nullable;

/**
 * A download that failed: the server does not answer, refuses, or fails too often. The received
 * part is kept, and the next attempt continues from there.
 */
public final class DownloadException extends FacePipelineException {
  /**
   * Creates an exception.
   *
   * @param message the fact, the value, and what to do
   */
  public DownloadException(String message) {
    super(message);
  }

  /**
   * Creates an exception with its cause.
   *
   * @param message the fact, the value, and what to do
   * @param cause the cause
   */
  public DownloadException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
