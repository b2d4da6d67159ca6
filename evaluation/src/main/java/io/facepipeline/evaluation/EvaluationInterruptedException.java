package io.facepipeline.evaluation;

import io.facepipeline.FacePipelineException;

/** The thread of a long run was interrupted. What was done is in the cache, if there is one. */
public final class EvaluationInterruptedException extends FacePipelineException {
  private static final long serialVersionUID = 1;

  EvaluationInterruptedException(int done, int total) {
    super(
        "interrupted after "
            + done
            + " of "
            + total
            + " photos; with a cache the same run goes on from there");
  }
}
