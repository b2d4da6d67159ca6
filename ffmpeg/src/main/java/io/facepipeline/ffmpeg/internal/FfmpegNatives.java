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
