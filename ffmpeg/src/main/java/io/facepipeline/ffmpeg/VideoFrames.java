package io.facepipeline.ffmpeg;

import io.facepipeline.FrameSource;
import io.facepipeline.Image;
import io.facepipeline.internal.UserCache;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.bytedeco.javacv.Frame;
import org.bytedeco.javacv.FrameGrabber;
import org.jspecify.annotations.Nullable;

/** The frames of a video file or of a camera, by FFmpeg; turned upright. Not thread-safe. */
public final class VideoFrames implements FrameSource {
  private static final int CHANNELS = 3;

  /** One frame in so many may be missing without a word. */
  private static final int SLACK = 100;

  private final String name;
  private final FFmpegFrameGrabber grabber;
  private final int quarterTurns;
  private final long promised;
  private long read;
  private boolean ended;
  private boolean closed;

  private VideoFrames(String name, String device, @Nullable String format) {
    this.name = name;
    UserCache.holdJavaCppNatives();
    try {
      FFmpegFrameGrabber.tryLoad();
    } catch (FrameGrabber.Exception e) {
      throw new VideoException(
          "FFmpeg's native libraries for this platform are not in the program; build it on this"
              + " platform, or give a folder of frames",
          e);
    }
    avutil.av_log_set_level(avutil.AV_LOG_FATAL);
    grabber = new FFmpegFrameGrabber(device);
    grabber.setPixelFormat(avutil.AV_PIX_FMT_RGB24);
    if (format != null) {
      grabber.setFormat(format);
    }
    try {
      grabber.start();
    } catch (FrameGrabber.Exception e) {
      close();
      throw new VideoException(
          name + " cannot be read as a video; check that FFmpeg knows its format", e);
    }
    if (!grabber.hasVideo()) {
      close();
      throw new VideoException(name + " holds no video", new IllegalStateException("no stream"));
    }
    // A camera promises nothing.
    promised = format == null ? promised(grabber) : 0;
    // FFmpeg counts the turn that is to be undone counter-clockwise.
    quarterTurns = Math.floorMod(Math.round(-grabber.getDisplayRotation() / 90), 4);
  }

  /** Opens a file. */
  public static VideoFrames open(Path file) {
    if (!Files.isReadable(file)) {
      throw new IllegalArgumentException("there is no video " + file + "; give a file or a folder");
    }
    return new VideoFrames(file.toString(), file.toString(), null);
  }

  /** Opens a camera by the name that the system has for it. */
  public static VideoFrames camera(String device) {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (system.contains("win")) {
      return new VideoFrames("camera " + device, "video=" + device, "dshow");
    }
    return new VideoFrames(
        "camera " + device, device, system.contains("mac") ? "avfoundation" : "v4l2");
  }

  @Override
  public @Nullable Image next() {
    if (closed) {
      throw new IllegalStateException("the video " + name + " was closed; open it again");
    }
    if (ended) {
      return null;
    }
    try {
      Frame frame = grabber.grabImage();
      if (frame == null) {
        ended = true;
        requireWhole();
        return null;
      }
      read++;
      return image(frame);
    } catch (FrameGrabber.Exception e) {
      ended = true;
      throw new VideoException(name + " breaks off; what came before is all there is", e);
    }
  }

  /** A file that was cut off, or is damaged, gives fewer frames than its header says. */
  private void requireWhole() {
    long missing = promised - read;
    // Headers are off by a few where a video was trimmed without coding it anew.
    if (missing > 1 + promised / SLACK) {
      throw new VideoException(
          name
              + " gave "
              + read
              + " of the "
              + promised
              + " frames that its header promises; the file was cut off or is damaged",
          new IllegalStateException(missing + " frames are missing"));
    }
  }

  private static long promised(FFmpegFrameGrabber grabber) {
    AVFormatContext context = grabber.getFormatContext();
    for (int i = 0; i < context.nb_streams(); i++) {
      AVStream stream = context.streams(i);
      if (stream.codecpar().codec_type() == avutil.AVMEDIA_TYPE_VIDEO) {
        return stream.nb_frames();
      }
    }
    return 0;
  }

  private Image image(Frame frame) {
    int width = frame.imageWidth;
    int height = frame.imageHeight;
    ByteBuffer pixels = (ByteBuffer) frame.image[0];
    byte[] rgb = new byte[CHANNELS * width * height];
    for (int y = 0; y < height; y++) {
      pixels.get(y * frame.imageStride, rgb, y * CHANNELS * width, CHANNELS * width);
    }
    return switch (quarterTurns) {
      case 0 -> Image.unsafeOfRgb(width, height, rgb);
      case 2 -> Image.unsafeOfRgb(width, height, turned(rgb, width, height, 2));
      default -> Image.unsafeOfRgb(height, width, turned(rgb, width, height, quarterTurns));
    };
  }

  /** The pixels turned clockwise. */
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
      try {
        grabber.close();
      } catch (FrameGrabber.Exception e) {
        throw new VideoException(name + " cannot be closed", e);
      }
    }
  }
}
