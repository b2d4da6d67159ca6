/**
 * What OpenCV does best, on the JavaCPP presets: decoding pictures, cascades, LBP histograms,
 * drawing. Its natives are dependencies that a user adds for the platforms that are wanted.
 */
@NullMarked
package io.facepipeline.opencv;

import org.jspecify.annotations.NullMarked;
