package io.facepipeline.image.jpeg;

import io.facepipeline.ReadOptions;
import io.facepipeline.image.ImageFormat;
import io.facepipeline.image.JdkReader;
import io.facepipeline.image.PictureFailures;
import io.facepipeline.image.RgbConversion;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Arrays;

/** Reads a JPEG by the JDK, and decides whether all of its pixels are there. */
public final class JpegReading {
  private JpegReading() {}

  /** Returns the pixels as stored. */
  public static byte[] rgb(
      byte[] encoded, JpegHeader header, JpegScans scans, ReadOptions options, String name)
      throws IOException {
    // Profiles are not applied, and the reader refuses files for flaws in them.
    byte[] file = header.withoutProfile(encoded);
    if (!scans.ended()) {
      if (!options.lenient() && cut(encoded, header, true)) {
        throw PictureFailures.cut(name, "jpeg", null);
      }
      // Nothing is missing but the end marker, or what is missing shall be grey.
      file = Arrays.copyOf(file, file.length + 2);
      file[file.length - 2] = (byte) 0xFF;
      file[file.length - 1] = (byte) JpegSegments.END_OF_IMAGE;
    }
    try (JdkReader reader = new JdkReader(ImageFormat.JPEG, file, options, name)) {
      if (reader.width() != header.width() || reader.height() != header.height()) {
        throw PictureFailures.corrupt(
            name, "jpeg with contradicting frame headers; the file is damaged");
      }
      byte[] rgb = header.common() ? converted(reader) : raw(reader, header);
      if (reader.shortage() && !options.lenient() && cut(encoded, header, false)) {
        throw PictureFailures.cut(name, "jpeg", null);
      }
      return rgb;
    }
  }

  /**
   * Whether pixels are missing.
   *
   * @param any a part of the last row too; a single wrong bit may look like that
   */
  private static boolean cut(byte[] encoded, JpegHeader header, boolean any) {
    return switch (JpegEntropy.look(encoded, header.frame())) {
      case CUT -> true;
      case UNFINISHED -> any;
      case CLEAN, DAMAGED -> false;
    };
  }

  /** Lets the reader convert the colors, in native code, where it can't go wrong. */
  private static byte[] converted(JdkReader reader) throws IOException {
    BufferedImage picture = reader.read();
    return RgbConversion.rgb(picture.getRaster(), picture.getColorModel());
  }

  /**
   * Reads the components as they are coded: the reader guesses otherwise than libjpeg does what
   * unmarked components mean, and refuses CMYK.
   */
  private static byte[] raw(JdkReader reader, JpegHeader header) throws IOException {
    return JpegPixels.rgb(reader.readRaster(), header.colours());
  }
}
