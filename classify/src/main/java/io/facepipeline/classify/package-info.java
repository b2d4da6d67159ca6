/** Naming faces from their embeddings. */
@NullMarked
package io.facepipeline.classify;

import org.jspecify.annotations.NullMarked;
