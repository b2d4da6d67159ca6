package io.facepipeline.ffmpeg.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.ffmpeg.avutil.LogCallback;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * What FFmpeg has to say, which it would print on standard error: it goes to the logger at debug,
 * and what is wrong with a packet to whoever decodes it. FFmpeg has one log for the process, and
 * calls it from threads of its own. Thread-safe.
 */
public final class FfmpegLog {
  private static final System.Logger LOG = System.getLogger(FfmpegLog.class.getName());

  /** A hostile file may make it say any number of things. */
  private static final int MOST_KEPT = 8;

  private static final Map<String, List<String>> LISTENERS = new ConcurrentHashMap<>();

  /** FFmpeg holds its address only; without this reference it would be freed. */
  private static final LogCallback CALLBACK = install();

  private FfmpegLog() {}

  private static LogCallback install() {
    LogCallback callback = new ToLogger();
    avutil.av_log_set_level(avutil.AV_LOG_WARNING);
    avutil.setLogCallback(callback);
    return callback;
  }

  /** Makes sure that FFmpeg prints nothing; its libraries must be loaded. */
  public static void redirect() {
    if (CALLBACK.isNull()) {
      throw new IllegalStateException("FFmpeg's log cannot be redirected");
    }
  }

  /** Begins to keep the errors that are said about a native object. */
  public static void listen(Pointer about) {
    LISTENERS.put(key(about), new ArrayList<>());
  }

  /** Returns what was said about it since the last call. */
  public static List<String> take(Pointer about) {
    List<String> kept = LISTENERS.get(key(about));
    if (kept == null) {
      return List.of();
    }
    synchronized (kept) {
      List<String> taken = List.copyOf(kept);
      kept.clear();
      return taken;
    }
  }

  /** Keeps no more. */
  public static void forget(Pointer about) {
    LISTENERS.remove(key(about));
  }

  private static String key(Pointer about) {
    return Long.toHexString(about.address());
  }

  private static void said(int level, String line) {
    LOG.log(System.Logger.Level.DEBUG, line);
    int end = line.indexOf("] ");
    if (level > avutil.AV_LOG_ERROR || end < 0) {
      return;
    }
    // A line begins with the kind of the object and its address, as C prints one.
    String address = line.substring(line.lastIndexOf(' ', end) + 1, end);
    List<String> kept =
        LISTENERS.get(address.toLowerCase(Locale.ROOT).replaceFirst("^(0x)?0*", ""));
    if (kept != null) {
      synchronized (kept) {
        if (kept.size() < MOST_KEPT) {
          kept.add(line.substring(end + 2));
        }
      }
    }
  }

  private static final class ToLogger extends LogCallback {
    @Override
    public void call(int level, BytePointer message) {
      try {
        said(level, message.getString().strip());
      } catch (RuntimeException | Error e) {
        // Thrown into FFmpeg's C it would end the process; a lost line of a log does not matter.
        LOG.log(System.Logger.Level.DEBUG, "a message of FFmpeg was lost", e);
      }
    }
  }
}
