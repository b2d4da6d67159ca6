/** Turning aligned faces into embeddings: the backbones, their catalog, and the embedder. */
@NullMarked
package io.facepipeline.embedding;

import org.jspecify.annotations.NullMarked;
