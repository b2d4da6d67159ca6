package io.facepipeline.ffmpeg.internal;

import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ImageException.Reason;
import io.facepipeline.ReadOptions;
import io.facepipeline.image.ImageFormat;
import io.facepipeline.spi.ImageCodec;
import org.bytedeco.javacv.FrameGrabber;

/**
 * Decodes HEIC and AVIF with FFmpeg: single pictures and those made of tiles, turned and mirrored
 * as the file says. Of several pictures the primary one is taken; depth and gain maps are left out,
 * and so is an Exif orientation, as the standard wants it. Overlays are not decoded, which FFmpeg
 * does not know.
 */
public final class HeifImageCodec implements ImageCodec {
  private static final int PRIORITY = 50;

  /** Creates the codec; the service loader calls this. */
  public HeifImageCodec() {}

  /** Loads FFmpeg when a picture first needs it. */
  private static final class Natives {
    static final boolean PRESENT = load();

    private static boolean load() {
      try {
        FfmpegNatives.load();
      } catch (FrameGrabber.Exception e) {
        System.getLogger(HeifImageCodec.class.getName())
            .log(
                System.Logger.Level.WARNING,
                "FFmpeg's native libraries cannot be loaded ("
                    + FfmpegNatives.reason(e)
                    + "), so HEIC and AVIF cannot be read",
                e);
        return false;
      }
      return true;
    }
  }

  @Override
  public int priority() {
    return PRIORITY;
  }

  @Override
  public boolean canDecode(byte[] header) {
    ImageFormat format = ImageFormat.of(header);
    return (format == ImageFormat.HEIC || format == ImageFormat.AVIF) && Natives.PRESENT;
  }

  @Override
  public Image decode(byte[] encoded, ReadOptions options, String name) {
    try (HeifFile file = HeifFile.open(encoded, name)) {
      return file.picture(options).decode();
    } catch (ImageException e) {
      throw e;
    } catch (RuntimeException e) {
      // What JavaCPP throws has no type of its own.
      throw new ImageException(
          name, Reason.CORRUPT, "ffmpeg cannot decode it; the file is damaged: " + e, e);
    }
  }
}
