/** Identity losses: the heads and losses that train an embedder on people's names. */
@NullMarked
package io.facepipeline.training.identity;

import org.jspecify.annotations.NullMarked;
