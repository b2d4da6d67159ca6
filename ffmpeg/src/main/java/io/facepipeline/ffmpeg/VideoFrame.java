package io.facepipeline.ffmpeg;

import io.facepipeline.Image;
import org.jspecify.annotations.Nullable;

/**
 * A frame of a video as it came out of the decoder.
 *
 * @param image its pixels as stored; null if it cannot be read
 * @param seconds since the first frame
 * @param problem why it cannot be read; empty if it can
 */
record VideoFrame(@Nullable Image image, double seconds, String problem) {}
