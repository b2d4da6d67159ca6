package io.facepipeline.evaluation;

import io.facepipeline.FacePipelineException;

/**
 * The thread of a long run was interrupted. The results so far are in the cache, if there is one.
 */
final class EvaluationInterruptedException extends FacePipelineException {
  private static final long serialVersionUID = 1;

  EvaluationInterruptedException(int done, int total) {
    super(
        "interrupted after "
            + done
            + " of "
            + total
            + " photos; run again with the same cache to continue from there");
  }
}
