package io.facepipeline.ffmpeg;

import io.facepipeline.FacePipelineException;

/** A video, or a single frame of it, cannot be read or written. */
public final class VideoException extends FacePipelineException {
  VideoException(String message, Throwable cause) {
    super(message, cause);
  }
}
