/** The cascade of MTCNN: pyramid, networks, candidates; stage by stage for training. */
@NullMarked
package io.facepipeline.detection.mtcnn.cascade;

import org.jspecify.annotations.NullMarked;
