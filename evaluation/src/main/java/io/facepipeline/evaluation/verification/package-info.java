/** Verification: whether two photos show the same person. */
@NullMarked
package io.facepipeline.evaluation.verification;

import org.jspecify.annotations.NullMarked;
