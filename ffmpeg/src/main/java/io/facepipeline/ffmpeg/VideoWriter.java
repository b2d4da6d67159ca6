package io.facepipeline.ffmpeg;

import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ffmpeg.internal.FfmpegLog;
import io.facepipeline.internal.UserCache;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacv.FFmpegFrameRecorder;
import org.bytedeco.javacv.Frame;
import org.bytedeco.javacv.FrameRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames into an MP4 file. The file exists after {@link #finish}; closing without it leaves
 * nothing behind. Frames are scaled to the size of the first one. The video is H.264 (OpenH264,
 * which every browser plays) where FFmpeg has it, otherwise MPEG-4; neither needs the GPL. Not
 * thread-safe.
 *
 * <pre>{@code
 * try (VideoReader in = VideoReader.open(video);
 *     VideoWriter out = VideoWriter.to(annotated, in.framesPerSecond())) {
 *   for (Image frame = in.next(); frame != null; frame = in.next()) {
 *     out.write(FaceDrawing.on(frame).faces(faces.detect(frame)).toImage());
 *   }
 *   out.finish();
 * }
 * }</pre>
 */
public final class VideoWriter implements AutoCloseable {
  private static final double DEFAULT_RATE = 25;

  /** Bits for each pixel of a frame: faces keep their look, and text stays legible. */
  private static final double BITS_PER_PIXEL = 0.12;

  private final Path target;
  private final double rate;
  private @Nullable Path temporary;
  private @Nullable FFmpegFrameRecorder recorder;
  private @Nullable Image before;
  private long written;
  private boolean ended;

  private VideoWriter(Path target, double rate) {
    UserCache.holdJavaCppNatives();
    this.target = target.toAbsolutePath();
    this.rate = rate;
  }

  /**
   * {@return a writer; nothing is written before the first frame}
   *
   * @param target the file; replaced if it exists; its folder is created if needed
   * @param framesPerSecond the frames per second; 0, which a {@link
   *     io.facepipeline.FrameSource#framesPerSecond source} returns for unknown, means 25
   * @throws IllegalArgumentException if the number is negative or not finite
   */
  public static VideoWriter to(Path target, double framesPerSecond) {
    if (!(framesPerSecond >= 0 && framesPerSecond < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the frames per second must be at least 0 (unknown), got " + framesPerSecond);
    }
    return new VideoWriter(target, framesPerSecond > 0 ? framesPerSecond : DEFAULT_RATE);
  }

  /**
   * Writes the next frame.
   *
   * @param frame the frame
   * @throws VideoException if the file cannot be written
   * @throws IllegalStateException if the writer was finished or closed
   */
  public void write(Image frame) {
    write(frame, written);
  }

  /**
   * Writes a frame at its index. The last frame is repeated for skipped ones, so all frames keep
   * their time.
   *
   * @param frame the frame
   * @param index its index in the video, from 0 and higher than the previous one
   * @throws IllegalArgumentException if the index is not higher than the previous one
   * @throws VideoException if the file cannot be written
   * @throws IllegalStateException if the writer was finished or closed
   */
  public void write(Image frame, long index) {
    if (ended) {
      throw new IllegalStateException(
          "the video " + target + " was finished or closed; write into a new one");
    }
    if (index < written) {
      throw new IllegalArgumentException(
          "frame " + index + " was already written; the next is " + written);
    }
    while (before != null && written < index) {
      record(before);
    }
    record(frame);
    written = index + 1;
    before = frame;
  }

  private void record(Image picture) {
    int width = picture.width();
    int height = picture.height();
    byte[] rgb = picture.unsafeRgb();
    try (Frame frame = new Frame(width, height, Frame.DEPTH_UBYTE, 3)) {
      FFmpegFrameRecorder open = recorder == null ? open(width, height) : recorder;
      ByteBuffer pixels = (ByteBuffer) frame.image[0];
      for (int y = 0; y < height; y++) {
        pixels.put(y * frame.imageStride, rgb, y * 3 * width, 3 * width);
      }
      open.record(frame, avutil.AV_PIX_FMT_RGB24);
      written++;
    } catch (FrameRecorder.Exception e) {
      throw unwritable(e);
    }
  }

  private FFmpegFrameRecorder open(int width, int height) throws FrameRecorder.Exception {
    Path folder = target.resolveSibling(".");
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new VideoException(
          "cannot create the folder " + folder + "; check that its parent is writable", e);
    }
    // FFmpeg makes it, with the rights that the user's umask leaves.
    Path file = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".part.mp4");
    temporary = file;
    FFmpegFrameRecorder.tryLoad();
    FfmpegLog.redirect();
    // The codecs want even sides.
    FFmpegFrameRecorder opened =
        new FFmpegFrameRecorder(file.toFile(), Math.max(2, width & ~1), Math.max(2, height & ~1));
    recorder = opened;
    opened.setFormat("mp4");
    opened.setFrameRate(rate);
    opened.setPixelFormat(avutil.AV_PIX_FMT_YUV420P);
    if (avcodec.avcodec_find_encoder_by_name("libopenh264") != null) {
      opened.setVideoCodecName("libopenh264");
    } else {
      opened.setVideoCodec(avcodec.AV_CODEC_ID_MPEG4);
    }
    opened.setVideoBitrate((int) (BITS_PER_PIXEL * width * height * rate));
    opened.start();
    return opened;
  }

  /**
   * Finishes the video: the complete file exists when this returns.
   *
   * @throws io.facepipeline.FacePipelineException if there was no frame, or the file cannot be
   *     written
   */
  public void finish() {
    if (recorder == null || temporary == null) {
      throw new FacePipelineException("no frame was written to " + target);
    }
    try {
      ended = true;
      recorder.close();
      recorder = null;
      before = null;
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
      temporary = null;
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private FacePipelineException unwritable(IOException e) {
    return new VideoException(
        "cannot write the video " + target + "; check that the folder is writable", e);
  }

  /** Frees FFmpeg's memory. Without {@link #finish} no file remains. */
  @Override
  public void close() {
    ended = true;
    before = null;
    try {
      if (recorder != null) {
        recorder.close();
        recorder = null;
      }
      if (temporary != null) {
        Files.deleteIfExists(temporary);
        temporary = null;
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }
}
