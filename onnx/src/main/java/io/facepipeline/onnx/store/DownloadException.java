package io.facepipeline.onnx.store;

import io.facepipeline.FacePipelineException;
import org.jspecify.annotations.Nullable;

/**
 * A download that failed: the origin does not answer, refuses, or breaks off too often. What has
 * arrived is kept, and the next attempt goes on from there.
 */
public final class DownloadException extends FacePipelineException {
  DownloadException(String message) {
    super(message);
  }

  DownloadException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
