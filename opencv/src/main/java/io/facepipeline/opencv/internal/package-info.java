/** What the service loader finds. */
@NullMarked
package io.facepipeline.opencv.internal;

import org.jspecify.annotations.NullMarked;
