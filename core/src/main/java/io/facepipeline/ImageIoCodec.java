package io.facepipeline;

import io.facepipeline.ImageException.Reason;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/** The codec of last resort, over the readers that come with the JDK. */
final class ImageIoCodec implements ImageCodec {
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
    } catch (IOException | RuntimeException e) {
      // The JDK's readers answer broken files with nearly any exception there is.
      throw new ImageException(
          name,
          Reason.CORRUPT,
          "cannot be decoded as "
              + format.label()
              + ", the file is damaged or uses a rare feature: "
              + e,
          e);
    }
  }

  private static Image decode(byte[] encoded, ImageFormat format, ReadOptions options, String name)
      throws IOException {
    FormatChecks checks = new FormatChecks(encoded, options, name);
    return switch (format) {
      case JPEG -> {
        JpegHeader header = checks.jpeg();
        yield ExifOrientation.apply(
            // Profiles are not applied, and the reader refuses files for flaws in them.
            jpegPixels(header.withoutProfile(encoded), header, options, name),
            header.width(),
            header.height(),
            header.orientation());
      }
      case PNG -> upright(encoded, format, checks.png(), options, name);
      case TIFF -> upright(encoded, format, checks.tiff(), options, name);
      case BMP -> {
        checks.bmp();
        yield upright(encoded, format, ExifOrientation.UPRIGHT, options, name);
      }
      case GIF -> {
        GifScreen screen = checks.gif(encoded);
        BufferedImage frame = read(encoded, format, options, name);
        yield Image.unsafeOfRgb(screen.width(), screen.height(), screen.paint(frame));
      }
      default -> throw ImageException.unsupported(name, format.advice());
    };
  }

  private static Image upright(
      byte[] encoded, ImageFormat format, int orientation, ReadOptions options, String name)
      throws IOException {
    BufferedImage picture = read(encoded, format, options, name);
    byte[] rgb = RgbConversion.rgb(picture.getRaster(), picture.getColorModel());
    return ExifOrientation.apply(rgb, picture.getWidth(), picture.getHeight(), orientation);
  }

  private static BufferedImage read(
      byte[] encoded, ImageFormat format, ReadOptions options, String name) throws IOException {
    ImageReader reader = reader(format);
    try (ImageInputStream stream = open(encoded)) {
      prepare(reader, stream, options, name);
      return reader.read(0);
    } finally {
      reader.dispose();
    }
  }

  private static byte[] jpegPixels(
      byte[] encoded, JpegHeader header, ReadOptions options, String name) throws IOException {
    ImageReader reader = reader(ImageFormat.JPEG);
    try (ImageInputStream stream = open(encoded)) {
      Warnings warnings = new Warnings();
      reader.addIIOReadWarningListener(warnings);
      prepare(reader, stream, options, name);
      if (reader.getWidth(0) != header.width() || reader.getHeight(0) != header.height()) {
        throw ImageException.corrupt(name, "jpeg with contradicting frame headers");
      }
      byte[] rgb = header.common() ? converted(reader) : raw(reader, header);
      if (warnings.truncation != null) {
        throw ImageException.corrupt(
            name, "jpeg ends before its last pixel, the file was cut off: " + warnings.truncation);
      }
      return rgb;
    } finally {
      reader.dispose();
    }
  }

  /** Lets the reader convert the colours, in native code, where it can't go wrong. */
  private static byte[] converted(ImageReader reader) throws IOException {
    BufferedImage picture = reader.read(0);
    return RgbConversion.rgb(picture.getRaster(), picture.getColorModel());
  }

  /**
   * Reads the components as they are coded: the reader guesses otherwise than libjpeg does what
   * unmarked components mean, and refuses CMYK.
   */
  private static byte[] raw(ImageReader reader, JpegHeader header) throws IOException {
    return JpegPixels.rgb(reader.readRaster(0, null), header.colours());
  }

  private static ImageInputStream open(byte[] encoded) {
    // A stream of our own: the one that ImageIO makes would go through a file by default.
    return new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded));
  }

  private static void prepare(
      ImageReader reader, ImageInputStream stream, ReadOptions options, String name)
      throws IOException {
    // Ignoring metadata also keeps the readers from unpacking compressed text of any size.
    reader.setInput(stream, true, true);
    options.requireAllowed(reader.getWidth(0), reader.getHeight(0), name);
  }

  /**
   * Returns the JDK's own reader: what other jars registered behaves in ways that nobody tested.
   */
  private static ImageReader reader(ImageFormat format) {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.label());
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getClass().getModule().equals(ImageIO.class.getModule())) {
        return reader;
      }
      reader.dispose();
    }
    throw new FacePipelineException(
        "this Java runtime has no reader for " + format.label() + "; use one with java.desktop");
  }

  /** Keeps the warning that data are missing; the reader fills what is missing with grey. */
  private static final class Warnings implements IIOReadWarningListener {
    private @Nullable String truncation;

    @Override
    public void warningOccurred(ImageReader source, String warning) {
      if (warning.contains("Truncated File") || warning.contains("Premature end of JPEG")) {
        truncation = warning;
      }
    }
  }
}
