package io.facepipeline.onnx;

import io.facepipeline.FacePipelineException;
import org.jspecify.annotations.Nullable;

/** ONNX Runtime's native library that cannot be unpacked or loaded. */
public final class NativeLibraryException extends FacePipelineException {
  /**
   * Creates an exception.
   *
   * @param message what was wrong, the folder, and which setting names another
   * @param cause the cause
   */
  public NativeLibraryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
