/** Following faces through a video. */
@NullMarked
package io.facepipeline.cli.video;

import org.jspecify.annotations.NullMarked;
