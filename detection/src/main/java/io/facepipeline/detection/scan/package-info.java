/** The library's own one-stage detector: its network and what its outputs mean. */
@NullMarked
package io.facepipeline.detection.scan;

import org.jspecify.annotations.NullMarked;
