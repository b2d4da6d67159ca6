/** Shared by the library's own modules; not part of the API. */
@NullMarked
package io.facepipeline.internal;

import org.jspecify.annotations.NullMarked;
