package io.facepipeline.image.jpeg;

import io.facepipeline.image.RgbConversion;
import java.awt.image.Raster;

/** Turns the components of a decoded JPEG into RGB, with libjpeg's fixed-point arithmetic. */
final class JpegPixels {
  private static final int HALF = 1 << 15;
  // The factors of JFIF (ITU-R BT.601, full range) times 2^16.
  private static final int CR_TO_RED = 91881;
  private static final int CB_TO_BLUE = 116130;
  private static final int CB_TO_GREEN = 22554;
  private static final int CR_TO_GREEN = 46802;

  private JpegPixels() {}

  static byte[] rgb(Raster raster, JpegHeader.Colours colours) {
    byte[] pixels = RgbConversion.byteBands(raster, colours.components);
    return switch (colours) {
      case GREY -> RgbConversion.spread(pixels);
      case RGB -> pixels;
      case YCC -> {
        yccToRgb(pixels, 3, 0);
        yield pixels;
      }
      // Adobe writes ink amounts inverted, and readers take every CMYK JPEG to be Adobe's.
      case CMYK -> RgbConversion.inkToRgb(pixels, true);
      case YCCK -> {
        // YCCK holds the complement of the inks: undoing it yields 255 - RGB.
        yccToRgb(pixels, 4, 0xFF);
        yield RgbConversion.inkToRgb(pixels, true);
      }
      case OTHER -> throw new IllegalArgumentException("the colors are unknown");
    };
  }

  private static void yccToRgb(byte[] pixels, int stride, int flip) {
    for (int i = 0; i < pixels.length; i += stride) {
      int luma = pixels[i] & 0xFF;
      int cb = (pixels[i + 1] & 0xFF) - 128;
      int cr = (pixels[i + 2] & 0xFF) - 128;
      pixels[i] = clamp(luma + ((CR_TO_RED * cr + HALF) >> 16), flip);
      pixels[i + 1] = clamp(luma + ((-CB_TO_GREEN * cb - CR_TO_GREEN * cr + HALF) >> 16), flip);
      pixels[i + 2] = clamp(luma + ((CB_TO_BLUE * cb + HALF) >> 16), flip);
    }
  }

  private static byte clamp(int value, int flip) {
    return (byte) (Math.max(0, Math.min(255, value)) ^ flip);
  }
}
