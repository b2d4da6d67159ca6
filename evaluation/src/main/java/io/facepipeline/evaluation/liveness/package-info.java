/** Presentation attack detection: the error rates of ISO/IEC 30107-3. */
@NullMarked
package io.facepipeline.evaluation.liveness;

import org.jspecify.annotations.NullMarked;
