package io.facepipeline;

/**
 * A face cannot be aligned: its landmarks coincide or lie on a line, or its box has no pixel inside
 * the photo.
 */
public final class AlignmentException extends FacePipelineException {
  /**
   * Creates the exception; also for your own detectors, attributes and aligners.
   *
   * @param message what was wrong, the value and what to do
   */
  public AlignmentException(String message) {
    super(message);
  }
}
