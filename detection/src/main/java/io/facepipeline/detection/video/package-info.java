/** Faces in video: each face keeps its id through a sequence of frames. */
@NullMarked
package io.facepipeline.detection.video;

import org.jspecify.annotations.NullMarked;
