/** Reads videos and cameras and writes annotated videos with FFmpeg. */
@NullMarked
package io.facepipeline.ffmpeg;

import org.jspecify.annotations.NullMarked;
