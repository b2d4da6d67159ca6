/** What scores mean: probabilities from fitted curves, thresholds at named error rates. */
@NullMarked
package io.facepipeline.classify.calibrate;

import org.jspecify.annotations.NullMarked;
