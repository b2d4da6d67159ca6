/**
 * Augmentation: mirrored, rotated, shifted, brighter, blurred or mixed copies of training crops.
 */
@NullMarked
package io.facepipeline.classify.augment;

import org.jspecify.annotations.NullMarked;
