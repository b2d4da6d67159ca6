/** Trains embedders: from a teacher's embeddings, from names, or both. */
@NullMarked
package io.facepipeline.training.embedder;

import org.jspecify.annotations.NullMarked;
