package io.facepipeline.ffmpeg;

import io.facepipeline.FrameSource;
import io.facepipeline.Image;
import io.facepipeline.ffmpeg.internal.FfmpegLog;
import io.facepipeline.internal.UserCache;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.bytedeco.javacv.FrameGrabber;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of a video file or a camera with FFmpeg, turned upright. A damaged or missing
 * frame throws an exception in its place, so the others keep their numbers. Not thread-safe.
 */
public final class VideoReader implements FrameSource {
  private static final int CHANNELS = 3;

  /** One frame in so many may be missing without a word. */
  private static final int SLACK = 100;

  private final String name;
  private final FFmpegFrameGrabber grabber;
  private final VideoDecoder decoder;
  private final int quarterTurns;
  private final long promised;
  private long read;
  private boolean ended;
  private boolean closed;

  private VideoReader(
      String name, FFmpegFrameGrabber grabber, VideoDecoder decoder, boolean ofFile) {
    this.name = name;
    this.grabber = grabber;
    this.decoder = decoder;
    // A camera promises nothing.
    promised = ofFile ? decoder.promised() : 0;
    // FFmpeg counts the turn that is to be undone counter-clockwise.
    quarterTurns = Math.floorMod(Math.round(-grabber.getDisplayRotation() / 90), 4);
  }

  private static VideoReader open(String name, String device, @Nullable String format) {
    UserCache.holdJavaCppNatives();
    try {
      FFmpegFrameGrabber.tryLoad();
    } catch (FrameGrabber.Exception e) {
      throw new VideoException(
          "FFmpeg's native libraries for this platform are missing; build the program on this"
              + " platform, or give a folder of frames",
          e);
    }
    FfmpegLog.redirect();
    FFmpegFrameGrabber grabber = new FFmpegFrameGrabber(device);
    // Frames are told apart by when they are shown, which some files do not say.
    grabber.setOption("fflags", "+genpts");
    if (format != null) {
      grabber.setFormat(format);
    }
    boolean ready = false;
    try {
      grabber.start();
      int stream = videoStream(grabber.getFormatContext());
      if (stream < 0) {
        throw new VideoException(name + " holds no video", new IllegalStateException("no stream"));
      }
      VideoDecoder decoder = new VideoDecoder(grabber.getFormatContext(), stream, name);
      ready = true;
      return new VideoReader(name, grabber, decoder, format == null);
    } catch (FrameGrabber.Exception e) {
      throw new VideoException(
          name + " cannot be read as a video; check that FFmpeg knows its format", e);
    } finally {
      if (!ready) {
        close(grabber, name);
      }
    }
  }

  /**
   * Opens a file.
   *
   * @param file a video in any format that FFmpeg reads
   * @return its frames
   * @throws IllegalArgumentException if the file does not exist or cannot be read
   * @throws VideoException if it is not a video, or FFmpeg's libraries for this platform are
   *     missing
   */
  public static VideoReader open(Path file) {
    if (!Files.isReadable(file)) {
      throw new IllegalArgumentException("there is no video " + file + "; give a file or a folder");
    }
    return open(file.toString(), file.toString(), null);
  }

  /**
   * Opens a camera. Its frames have no end and no number; each call of {@link #next} waits for one.
   *
   * @param device the system's name of the camera, such as {@code /dev/video0}
   * @return its frames
   * @throws VideoException if there is no such camera, or FFmpeg's libraries for this platform are
   *     missing
   */
  public static VideoReader camera(String device) {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (system.contains("win")) {
      return open("camera " + device, "video=" + device, "dshow");
    }
    return open("camera " + device, device, system.contains("mac") ? "avfoundation" : "v4l2");
  }

  @Override
  public @Nullable Image next() {
    if (closed) {
      throw new IllegalStateException("the video " + name + " was closed; open it again");
    }
    if (ended) {
      return null;
    }
    VideoFrame frame = decoder.next();
    if (frame == null) {
      ended = true;
      requireWhole();
      return null;
    }
    Image image = frame.image();
    if (image == null) {
      throw new VideoException(
          String.format(
              Locale.ROOT,
              "%s: frame %d, at %.3f s, %s",
              name,
              read++,
              frame.seconds(),
              frame.problem()),
          new IllegalStateException(frame.problem()));
    }
    read++;
    return upright(image);
  }

  /** A file that was cut off, or is damaged, gives fewer frames than its header says. */
  private void requireWhole() {
    long missing = promised - decoder.passed();
    // Headers are off by a few where a video was trimmed without coding it anew.
    if (missing > 1 + promised / SLACK) {
      throw new VideoException(
          name
              + " ends after "
              + read
              + " of the "
              + promised
              + " frames announced in its header; the file is truncated or damaged",
          new IllegalStateException(missing + " frames are missing"));
    }
  }

  private static int videoStream(AVFormatContext context) {
    for (int i = 0; i < context.nb_streams(); i++) {
      if (context.streams(i).codecpar().codec_type() == avutil.AVMEDIA_TYPE_VIDEO) {
        return i;
      }
    }
    return -1;
  }

  private Image upright(Image stored) {
    int width = stored.width();
    int height = stored.height();
    byte[] rgb = stored.unsafeRgb();
    return switch (quarterTurns) {
      case 0 -> stored;
      case 2 -> Image.unsafeOfRgb(width, height, turned(rgb, width, height, 2));
      default -> Image.unsafeOfRgb(height, width, turned(rgb, width, height, quarterTurns));
    };
  }

  /** The pixels, rotated clockwise. */
  static byte[] turned(byte[] rgb, int width, int height, int quarterTurns) {
    byte[] target = new byte[rgb.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at =
            switch (quarterTurns) {
              case 1 -> x * height + height - 1 - y;
              case 2 -> (height - 1 - y) * width + width - 1 - x;
              case 3 -> (width - 1 - x) * height + y;
              default -> y * width + x;
            };
        System.arraycopy(rgb, CHANNELS * (y * width + x), target, CHANNELS * at, CHANNELS);
      }
    }
    return target;
  }

  @Override
  public long estimatedFrames() {
    return Math.max(0, grabber.getLengthInVideoFrames());
  }

  @Override
  public double framesPerSecond() {
    return Math.max(0, grabber.getVideoFrameRate());
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      decoder.close();
      close(grabber, name);
    }
  }

  private static void close(FFmpegFrameGrabber grabber, String name) {
    try {
      grabber.close();
    } catch (FrameGrabber.Exception e) {
      throw new VideoException(name + " cannot be closed", e);
    }
  }
}
