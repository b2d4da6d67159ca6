/** Calibration of scores: probabilities from fitted curves, thresholds at given error rates. */
@NullMarked
package io.facepipeline.classify.calibrate;

import org.jspecify.annotations.NullMarked;
