/** Trains the three networks of MTCNN. */
@NullMarked
package io.facepipeline.training.mtcnn;

import org.jspecify.annotations.NullMarked;
