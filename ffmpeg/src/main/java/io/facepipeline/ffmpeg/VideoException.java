package io.facepipeline.ffmpeg;

import io.facepipeline.FacePipelineException;

/** A video cannot be read or written; of a video that is read, perhaps a single frame. */
public final class VideoException extends FacePipelineException {
  VideoException(String message, Throwable cause) {
    super(message, cause);
  }
}
