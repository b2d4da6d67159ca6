/** Trains the library's own one-stage detector. */
@NullMarked
package io.facepipeline.training.detector;

import org.jspecify.annotations.NullMarked;
