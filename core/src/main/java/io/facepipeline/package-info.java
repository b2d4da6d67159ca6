/**
 * The face recognition pipeline: value types, the interfaces of its stages, the aligner, and {@link
 * io.facepipeline.FacePipeline}, which joins them.
 */
@NullMarked
package io.facepipeline;

import org.jspecify.annotations.NullMarked;
