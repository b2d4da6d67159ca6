package io.facepipeline.ffmpeg;

import io.facepipeline.FrameSource;
import io.facepipeline.Image;
import io.facepipeline.ffmpeg.internal.FfmpegNatives;
import io.facepipeline.image.ExifOrientation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.bytedeco.javacv.FrameGrabber;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of a video file or a camera with FFmpeg, turned and mirrored as the file says.
 * Each frame is decoded when it is asked for, so a slow caller holds the reader back and no frames
 * pile up. Not thread-safe.
 *
 * <p>A damaged or missing frame throws an exception in its place, so the others keep their numbers.
 * Who wants no numbers takes {@link #nextReadable}, which passes over them.
 *
 * <pre>{@code
 * try (VideoReader in = VideoReader.open(video)) {
 *   for (Image frame = in.nextReadable(); frame != null; frame = in.nextReadable()) {
 *     show(faces.detect(frame), in.seconds());
 *   }
 * }
 * }</pre>
 */
public final class VideoReader implements FrameSource {
  private static final System.Logger LOG = System.getLogger(VideoReader.class.getName());

  /** One frame in so many may be missing without a word. */
  private static final int SLACK = 100;

  private static final int MATRIX_NUMBERS = 9;

  private final String name;
  private final FFmpegFrameGrabber grabber;
  private final VideoDecoder decoder;
  private final int orientation;
  private final long promised;
  private double seconds = -1;
  private long read;
  private long readable;
  private long damaged;
  private boolean ended;
  private boolean closed;

  private VideoReader(
      String name,
      FFmpegFrameGrabber grabber,
      VideoDecoder decoder,
      int orientation,
      boolean ofFile) {
    this.name = name;
    this.grabber = grabber;
    this.decoder = decoder;
    this.orientation = orientation;
    // A camera promises nothing.
    promised = ofFile ? decoder.promised() : 0;
  }

  /** Loads FFmpeg's libraries. */
  static void load() {
    try {
      FfmpegNatives.load();
    } catch (FrameGrabber.Exception e) {
      throw new VideoException(
          "FFmpeg's native libraries cannot be loaded ("
              + FfmpegNatives.reason(e)
              + "); install the library that is named (on Debian, libpulse.so.0 is in libpulse0),"
              + " build the program on this platform, or give a folder of frames",
          e);
    }
  }

  /**
   * Opens a device of FFmpeg's.
   *
   * @param name what to call it in messages
   * @param device its name or a file's
   * @param format the kind of device; null for a file
   */
  static VideoReader open(String name, String device, @Nullable String format) {
    load();
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
      int orientation = orientation(grabber.getFormatContext().streams(stream));
      VideoDecoder decoder = new VideoDecoder(grabber.getFormatContext(), stream, name);
      ready = true;
      return new VideoReader(name, grabber, decoder, orientation, format == null);
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
    seconds = frame.seconds();
    Image image = frame.image();
    if (image == null) {
      damaged++;
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
    readable++;
    return ExifOrientation.apply(image.unsafeRgb(), image.width(), image.height(), orientation);
  }

  /**
   * Returns the next frame that can be read. What is wrong with the first of those that cannot goes
   * to the log as a warning, and how many they are at the end; {@link #damaged} counts them.
   *
   * @return the frame, upright; null after the last
   * @throws VideoException if not one frame of the video can be read
   * @throws IllegalStateException if the reader is closed
   */
  public @Nullable Image nextReadable() {
    boolean atEnd = ended;
    VideoException first = null;
    while (true) {
      try {
        Image image = next();
        if (image != null) {
          return image;
        }
        break;
      } catch (VideoException e) {
        first = first == null ? e : first;
        if (damaged == 1) {
          LOG.log(System.Logger.Level.WARNING, e.getMessage() + "; it is left out");
        }
      }
    }
    if (readable == 0 && first != null) {
      throw new VideoException(
          "no frame of " + name + " can be read: " + first.getMessage(), first);
    }
    if (damaged > 1 && !atEnd) {
      LOG.log(
          System.Logger.Level.WARNING, name + ": " + damaged + " frames cannot be read, left out");
    }
    return null;
  }

  /** {@return how many frames could not be read so far, those included that a file's end lacks} */
  public long damaged() {
    return damaged;
  }

  /** A file that was cut off, or is damaged, gives fewer frames than its header says. */
  private void requireWhole() {
    long missing = promised - decoder.passed();
    // Headers are off by a few where a video was trimmed without coding it anew.
    if (missing > 1 + promised / SLACK) {
      damaged += missing;
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

  /** The first stream of pictures, which is not the cover of an album; -1 if there is none. */
  static int videoStream(AVFormatContext context) {
    for (int i = 0; i < context.nb_streams(); i++) {
      AVStream stream = context.streams(i);
      boolean cover = (stream.disposition() & avformat.AV_DISPOSITION_ATTACHED_PIC) != 0;
      if (stream.codecpar().codec_type() == avutil.AVMEDIA_TYPE_VIDEO && !cover) {
        return i;
      }
    }
    return -1;
  }

  /** How the stored frames lie, as Exif numbers it. */
  private static int orientation(AVStream stream) {
    AVCodecParameters parameters = stream.codecpar();
    AVPacketSideData found =
        avcodec.av_packet_side_data_get(
            parameters.coded_side_data(),
            parameters.nb_coded_side_data(),
            avcodec.AV_PKT_DATA_DISPLAYMATRIX);
    if (found == null || found.isNull() || found.size() < MATRIX_NUMBERS * Integer.BYTES) {
      return orientation(1, 0, 0, 1);
    }
    int[] matrix = new int[MATRIX_NUMBERS];
    new IntPointer(found.data()).get(matrix);
    return orientation(matrix[0], matrix[1], matrix[3], matrix[4]);
  }

  /**
   * The orientation nearest to a matrix, which shows the stored point (x, y) at (ax + cy, bx + dy).
   */
  static int orientation(long a, long b, long c, long d) {
    if (Math.abs(a) + Math.abs(d) >= Math.abs(b) + Math.abs(c)) {
      return a >= 0 ? (d >= 0 ? 1 : 4) : (d >= 0 ? 2 : 3);
    }
    return b >= 0 ? (c >= 0 ? 5 : 6) : (c >= 0 ? 8 : 7);
  }

  @Override
  public double seconds() {
    return seconds;
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
