/** The options that choose detector, embedder and classifier, and what they make. */
@NullMarked
package io.facepipeline.cli.stages;

import org.jspecify.annotations.NullMarked;
