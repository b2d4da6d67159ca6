/** Photos with marked faces: what is taught about them, and how detectors do on them. */
@NullMarked
package io.facepipeline.training.faces;

import org.jspecify.annotations.NullMarked;
