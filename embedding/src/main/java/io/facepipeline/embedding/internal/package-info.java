/** What the embedder and the importers are made of; only for the library's own modules. */
@NullMarked
package io.facepipeline.embedding.internal;

import org.jspecify.annotations.NullMarked;
