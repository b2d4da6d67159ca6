/** Trains the networks that the library runs: an embedder and the three stages of MTCNN. */
@NullMarked
package io.facepipeline.training;

import org.jspecify.annotations.NullMarked;
