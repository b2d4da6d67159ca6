package io.facepipeline.classify;

/**
 * What to do with a training photo that shows no face or several. Faces that are {@linkplain
 * io.facepipeline.FaceSelection#FAR_SMALLER far smaller} than the largest do not count. Whatever is
 * done, the report lists the photo.
 */
public enum PhotoPolicy {
  /** Leave it out. */
  SKIP,
  /** Use the largest of several faces; leave out photos without one. */
  LARGEST,
  /** Do not train. */
  FAIL
}
