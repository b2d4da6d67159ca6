/** Measuring accuracy. */
@NullMarked
package io.facepipeline.cli.evaluation;

import org.jspecify.annotations.NullMarked;
