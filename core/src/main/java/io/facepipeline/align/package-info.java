/** Cutting faces out of images: the fits of landmarks, and the warps. */
@NullMarked
package io.facepipeline.align;

import org.jspecify.annotations.NullMarked;
