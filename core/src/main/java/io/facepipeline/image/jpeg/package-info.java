/** What a JPEG holds before it is decoded: segments, scans, how much work they are. */
@NullMarked
package io.facepipeline.image.jpeg;

import org.jspecify.annotations.NullMarked;
