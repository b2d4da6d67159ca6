/** Reading videos and cameras, and writing annotated videos, by FFmpeg. */
@NullMarked
package io.facepipeline.ffmpeg;

import org.jspecify.annotations.NullMarked;
