/** Which photos a training learns from, and how often. */
@NullMarked
package io.facepipeline.training.data;

import org.jspecify.annotations.NullMarked;
