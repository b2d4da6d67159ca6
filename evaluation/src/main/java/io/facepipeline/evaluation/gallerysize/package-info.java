/** Identification in larger and larger galleries. Not part of the API. */
@NullMarked
package io.facepipeline.evaluation.gallerysize;

import org.jspecify.annotations.NullMarked;
