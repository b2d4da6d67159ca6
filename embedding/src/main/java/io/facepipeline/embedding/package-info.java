/** Turning aligned faces into embeddings: the backbones, their catalogue, and the embedder. */
@NullMarked
package io.facepipeline.embedding;

import org.jspecify.annotations.NullMarked;
