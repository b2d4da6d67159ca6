package io.facepipeline.ffmpeg;

import io.facepipeline.FacePipelineException;
import io.facepipeline.internal.UserCache;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
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
 * Writes frames into an MP4 file, the whole file or none; frames of another size than the first are
 * scaled to it, and where one is left out the one before stays, so that the others keep their time.
 * The picture is coded by OpenH264 where FFmpeg has it, which every browser plays, and else as
 * MPEG-4; both come without the GPL. Not thread-safe.
 */
public final class VideoFile implements FrameSink {
  private static final double DEFAULT_RATE = 25;

  /** Bits for each pixel of a frame: faces keep their look, and text stays legible. */
  private static final double BITS_PER_PIXEL = 0.12;

  private final Path target;
  private final double rate;
  private @Nullable Path temporary;
  private @Nullable FFmpegFrameRecorder recorder;
  private @Nullable BufferedImage before;
  private long written;

  public VideoFile(Path target, double framesPerSecond) {
    UserCache.holdJavaCppNatives();
    this.target = target.toAbsolutePath();
    rate = framesPerSecond > 0 ? framesPerSecond : DEFAULT_RATE;
  }

  @Override
  public void write(BufferedImage picture, long index) {
    while (before != null && written < index) {
      record(before);
    }
    record(picture);
    written = index + 1;
    before = picture;
  }

  private void record(BufferedImage picture) {
    int width = picture.getWidth();
    int height = picture.getHeight();
    byte[] bgr = ((DataBufferByte) picture.getRaster().getDataBuffer()).getData();
    try (Frame frame = new Frame(width, height, Frame.DEPTH_UBYTE, 3)) {
      FFmpegFrameRecorder open = recorder == null ? open(width, height) : recorder;
      ByteBuffer pixels = (ByteBuffer) frame.image[0];
      for (int y = 0; y < height; y++) {
        pixels.put(y * frame.imageStride, bgr, y * 3 * width, 3 * width);
      }
      open.record(frame, avutil.AV_PIX_FMT_BGR24);
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

  @Override
  public void finish() {
    if (recorder == null || temporary == null) {
      throw new FacePipelineException("there was no frame to write into " + target);
    }
    try {
      recorder.close();
      recorder = null;
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

  /** Leaves nothing half-written. */
  @Override
  public void close() {
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
