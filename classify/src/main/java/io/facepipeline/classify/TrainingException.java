package io.facepipeline.classify;

import io.facepipeline.FacePipelineException;

/** A classifier cannot be trained on what it was given. */
public final class TrainingException extends FacePipelineException {
  TrainingException(String message) {
    super(message);
  }
}
