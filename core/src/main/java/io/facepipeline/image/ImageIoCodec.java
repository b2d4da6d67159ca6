package io.facepipeline.image;

import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ImageException.Reason;
import io.facepipeline.ReadOptions;
import io.facepipeline.image.jpeg.JpegHeader;
import io.facepipeline.image.jpeg.JpegReading;
import io.facepipeline.image.jpeg.JpegScans;
import io.facepipeline.spi.ImageCodec;
import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;

/** The codec of last resort, over the readers that come with the JDK. */
public final class ImageIoCodec implements ImageCodec {
  public static final ImageCodec INSTANCE = new ImageIoCodec();

  @Override
  public int priority() {
    return Integer.MIN_VALUE;
  }

  @Override
  public boolean canDecode(byte[] header) {
    return ImageFormat.of(header).decoded();
  }

  @Override
  public Image decode(byte[] encoded, ReadOptions options, String name) {
    ImageFormat format = ImageFormat.of(encoded);
    try {
      return decode(encoded, format, options, name);
    } catch (ImageException e) {
      throw e;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      // The JDK's readers answer broken files with nearly any exception there is.
      throw failed(e, format, name);
    } catch (OutOfMemoryError e) {
      throw PictureFailures.outOfMemory(name, e);
    }
  }

  private static ImageException failed(Throwable e, ImageFormat format, String name) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return PictureFailures.outOfMemory(name, e);
      } else if (cause instanceof EOFException) {
        return PictureFailures.cut(name, format.label(), e);
      }
    }
    return new ImageException(
        name,
        Reason.CORRUPT,
        "cannot be decoded as "
            + format.label()
            + ", the file is damaged or uses a rare feature: "
            + e,
        e);
  }

  private static Image decode(byte[] encoded, ImageFormat format, ReadOptions options, String name)
      throws IOException {
    FormatChecks checks = new FormatChecks(encoded, options, name);
    return switch (format) {
      case JPEG -> {
        JpegHeader header = checks.jpeg();
        JpegScans scans = checks.scans(header.frame());
        yield ExifOrientation.apply(
            JpegReading.rgb(encoded, header, scans, options, name),
            header.width(),
            header.height(),
            header.orientation());
      }
      case PNG -> {
        PngChunks chunks = checks.png();
        yield upright(chunks.file(), format, chunks.orientation(), options, name);
      }
      case TIFF -> upright(encoded, format, checks.tiff(), options, name);
      case BMP -> {
        checks.bmp();
        yield upright(encoded, format, ExifOrientation.UPRIGHT, options, name);
      }
      case GIF -> {
        GifScreen screen = checks.gif(encoded);
        byte[] frame = screen.firstFrame(encoded);
        try (JdkReader reader = new JdkReader(format, frame, options, name)) {
          yield Image.unsafeOfRgb(screen.width(), screen.height(), screen.paint(reader.read()));
        } catch (IOException e) {
          // Only a frame that is all there got its end mark.
          if (frame[frame.length - 1] != ';') {
            throw PictureFailures.cut(name, "gif", e);
          }
          throw e;
        }
      }
      default -> throw PictureFailures.unsupported(name, format.advice(ImageCodecs.hasOpenCv()));
    };
  }

  private static Image upright(
      byte[] encoded, ImageFormat format, int orientation, ReadOptions options, String name)
      throws IOException {
    try (JdkReader reader = new JdkReader(format, encoded, options, name)) {
      BufferedImage picture = reader.read();
      byte[] rgb = RgbConversion.rgb(picture.getRaster(), picture.getColorModel());
      return ExifOrientation.apply(rgb, picture.getWidth(), picture.getHeight(), orientation);
    }
  }
}
