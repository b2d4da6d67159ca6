package io.facepipeline.training.mtcnn;

/**
 * What a window is to a network by its intersection over union with the nearest face, in the words
 * and with the limits of Zhang et al. 2016.
 */
enum CropKind {
  /** At least 0.65: a face. */
  POSITIVE,
  /** 0.4 to 0.65: teaches where the face is, not whether there is one. */
  PART,
  /** 0.3 to 0.4: teaches nothing but what a teacher says of it. */
  BETWEEN,
  /** Below 0.3: no face. */
  NEGATIVE;

  private static final float LEAST_POSITIVE = 0.65f;
  private static final float LEAST_PART = 0.4f;
  private static final float LEAST_BETWEEN = 0.3f;

  /** {@return the kind of an intersection over union} */
  static CropKind of(float overlap) {
    if (overlap >= LEAST_POSITIVE) {
      return POSITIVE;
    }
    if (overlap >= LEAST_PART) {
      return PART;
    }
    return overlap >= LEAST_BETWEEN ? BETWEEN : NEGATIVE;
  }
}
