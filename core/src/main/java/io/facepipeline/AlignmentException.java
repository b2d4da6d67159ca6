package io.facepipeline;

/**
 * A face cannot be aligned: its landmarks coincide or lie on a line, or its box has no pixel inside
 * the photo.
 */
public final class AlignmentException extends FacePipelineException {
  AlignmentException(String message) {
    super(message);
  }
}
