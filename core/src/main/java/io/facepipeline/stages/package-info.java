/** The stages of a pipeline: given, put together, owned and closed, watched, and run on a photo. */
@NullMarked
package io.facepipeline.stages;

import org.jspecify.annotations.NullMarked;
