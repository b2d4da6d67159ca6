package io.facepipeline.ffmpeg.internal;

import io.facepipeline.internal.UserCache;
import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.bytedeco.javacv.FrameGrabber;

/** FFmpeg's libraries, which are loaded when something first needs them. */
public final class FfmpegNatives {
  private FfmpegNatives() {}

  /**
   * Loads them, and sees to it that they print nothing.
   *
   * @throws FrameGrabber.Exception if they are missing for this platform
   */
  public static void load() throws FrameGrabber.Exception {
    UserCache.holdJavaCppNatives();
    FFmpegFrameGrabber.tryLoad();
    FfmpegLog.redirect();
  }

  /** {@return why they cannot be loaded, such as a library of the system that they want} */
  public static String reason(FrameGrabber.Exception failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).replaceFirst("^/\\S*: ", "");
  }

  /** FFmpeg's words for an error. */
  public static String message(int code) {
    byte[] text = new byte[avutil.AV_ERROR_MAX_STRING_SIZE];
    avutil.av_strerror(code, text, text.length);
    int length = 0;
    while (length < text.length && text[length] != 0) {
      length++;
    }
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }
}
