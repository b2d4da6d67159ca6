/** Trains image classifiers on a folder per class. */
@NullMarked
package io.facepipeline.training.network;

import org.jspecify.annotations.NullMarked;
