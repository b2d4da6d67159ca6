package io.facepipeline.classify;

/**
 * How to treat a training photo that shows no face or several. Faces that are {@linkplain
 * io.facepipeline.FaceSelection#FAR_SMALLER far smaller} than the largest do not count. The report
 * lists the photo in any case.
 */
public enum PhotoPolicy {
  /** Leave it out. */
  SKIP,
  /** Use the largest of several faces; leave out photos without a face. */
  LARGEST,
  /** Fail the training. */
  FAIL
}
