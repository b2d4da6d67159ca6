/** Classifiers trained on the embeddings of people. */
@NullMarked
package io.facepipeline.classify;

import org.jspecify.annotations.NullMarked;
