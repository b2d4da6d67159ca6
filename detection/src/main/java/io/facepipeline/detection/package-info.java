/** Finding faces: MTCNN. */
@NullMarked
package io.facepipeline.detection;

import org.jspecify.annotations.NullMarked;
