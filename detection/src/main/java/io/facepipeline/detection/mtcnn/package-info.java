/** MTCNN (Zhang et al. 2016): the cascade of three networks that finds faces and landmarks. */
@NullMarked
package io.facepipeline.detection.mtcnn;

import org.jspecify.annotations.NullMarked;
