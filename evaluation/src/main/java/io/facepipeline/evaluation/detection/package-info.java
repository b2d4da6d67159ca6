/** Detection: which of the annotated faces a detector finds, and how two detectors differ. */
@NullMarked
package io.facepipeline.evaluation.detection;

import org.jspecify.annotations.NullMarked;
