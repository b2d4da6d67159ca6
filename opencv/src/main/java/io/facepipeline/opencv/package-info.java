/**
 * OpenCV on the JavaCPP presets: decoding pictures, cascades, LBP histograms, drawing. Add OpenCV's
 * natives as dependencies for your platforms.
 */
@NullMarked
package io.facepipeline.opencv;

import org.jspecify.annotations.NullMarked;
