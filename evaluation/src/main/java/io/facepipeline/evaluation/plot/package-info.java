/** Plots of the figures, as PNG. */
@NullMarked
package io.facepipeline.evaluation.plot;

import org.jspecify.annotations.NullMarked;
