/** The library's own: not for users, and not exported. */
@NullMarked
package io.facepipeline.ffmpeg.internal;

import org.jspecify.annotations.NullMarked;
