package io.facepipeline.classify;

import io.facepipeline.FacePipelineException;

/** A classifier cannot be trained on the given photos. */
public final class TrainingException extends FacePipelineException {
  TrainingException(String message) {
    super(message);
  }
}
