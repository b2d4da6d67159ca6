/**
 * The face recognition pipeline: value types, the interfaces of its stages, the aligner, and {@link
 * io.facepipeline.FacePipeline}, which joins them.
 *
 * <p>What may be absent or unknown is said in one way: in a result, which is a record and may
 * become JSON, the component is null and marked {@code @Nullable}; any other method returns an
 * {@link java.util.Optional}. A label that is null is that of a stranger. A builder refuses null
 * with a {@link NullPointerException} and a second value with an {@link IllegalStateException}.
 */
@NullMarked
package io.facepipeline;

import org.jspecify.annotations.NullMarked;
