package io.facepipeline.cli.serve;

import io.facepipeline.FacePipelineException;
import io.javalin.http.HttpStatus;

/** A request that is not served, and why. */
final class RefusedException extends FacePipelineException {
  private static final long serialVersionUID = 1L;

  private final HttpStatus status;

  RefusedException(HttpStatus status, String problem) {
    super(problem);
    this.status = status;
  }

  HttpStatus status() {
    return status;
  }
}
