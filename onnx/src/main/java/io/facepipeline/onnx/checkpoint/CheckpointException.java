package io.facepipeline.onnx.checkpoint;

import io.facepipeline.FacePipelineException;
import java.nio.file.Path;

/**
 * A checkpoint cannot be read, is damaged or hostile, holds something this library does not load,
 * or lacks a tensor that was asked for. The message begins with the file.
 */
public final class CheckpointException extends FacePipelineException {
  CheckpointException(Path file, String problem) {
    super(file + ": " + problem);
  }

  CheckpointException(Path file, String problem, Throwable cause) {
    super(file + ": " + problem, cause);
  }
}
