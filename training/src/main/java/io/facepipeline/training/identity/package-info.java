/** Supervision by identity: the heads and losses that teach an embedder who is who. */
@NullMarked
package io.facepipeline.training.identity;

import org.jspecify.annotations.NullMarked;
