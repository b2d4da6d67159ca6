/** More training crops from few: mirrored, turned, shifted, brighter, blurred or mixed copies. */
@NullMarked
package io.facepipeline.classify.augment;

import org.jspecify.annotations.NullMarked;
