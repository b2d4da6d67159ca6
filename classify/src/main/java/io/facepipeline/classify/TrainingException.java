package io.facepipeline.classify;

import io.facepipeline.FacePipelineException;

/** A classifier cannot be trained on the given photos. */
public final class TrainingException extends FacePipelineException {
  /**
   * Creates an exception.
   *
   * @param message why not, and what to do
   */
  public TrainingException(String message) {
    super(message);
  }
}
