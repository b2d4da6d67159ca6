/**
 * What else a picture tells: the expression of a face, whether it is one before the camera or a
 * picture of one, and what is in a photo at all.
 */
@NullMarked
package io.facepipeline.attributes;

import org.jspecify.annotations.NullMarked;
