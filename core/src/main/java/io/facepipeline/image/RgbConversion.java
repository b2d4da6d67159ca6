package io.facepipeline.image;

import java.awt.color.ColorSpace;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.util.Arrays;

/**
 * Turns the JDK's many kinds of pixels into RGB bytes. Samples are never color-managed: the JDK
 * would send gray and profiled pictures through a color transform on {@link
 * java.awt.image.BufferedImage#getRGB}, which shifts their values away from the models' training
 * data.
 */
public final class RgbConversion {
  private RgbConversion() {}

  public static byte[] rgb(Raster raster, ColorModel colours) {
    if (colours instanceof IndexColorModel palette) {
      return indexed(raster, palette);
    }
    int type = raster.getSampleModel().getDataType();
    boolean unsigned =
        type == DataBuffer.TYPE_BYTE
            || type == DataBuffer.TYPE_USHORT
            || type == DataBuffer.TYPE_INT;
    if (!unsigned || colours.isAlphaPremultiplied()) {
      return throughColorModel(raster, colours);
    }
    return switch (colours.getColorSpace().getType()) {
      case ColorSpace.TYPE_GRAY -> spread(bands(raster, colours, 1));
      case ColorSpace.TYPE_RGB -> bands(raster, colours, 3);
      case ColorSpace.TYPE_CMYK -> inkToRgb(bands(raster, colours, 4), false);
      default -> throughColorModel(raster, colours);
    };
  }

  private static byte[] newRgb(Raster raster) {
    return new byte
        [Math.multiplyExact(3, Math.multiplyExact(raster.getWidth(), raster.getHeight()))];
  }

  private static byte[] indexed(Raster raster, IndexColorModel palette) {
    int[] colours = new int[palette.getMapSize()];
    palette.getRGBs(colours);
    int width = raster.getWidth();
    byte[] rgb = newRgb(raster);
    int[] row = new int[width];
    for (int y = 0, to = 0; y < raster.getHeight(); y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
      for (int x = 0; x < width; x++, to += 3) {
        // Files with an index past their palette are common enough; viewers show it black.
        int colour = row[x] < colours.length ? colours[row[x]] : 0;
        put(rgb, to, colour);
      }
    }
    return rgb;
  }

  private static byte[] throughColorModel(Raster raster, ColorModel colours) {
    byte[] rgb = newRgb(raster);
    Object pixel = null;
    for (int y = 0, to = 0; y < raster.getHeight(); y++) {
      for (int x = 0; x < raster.getWidth(); x++, to += 3) {
        pixel = raster.getDataElements(raster.getMinX() + x, raster.getMinY() + y, pixel);
        put(rgb, to, colours.getRGB(pixel));
      }
    }
    return rgb;
  }

  private static void put(byte[] rgb, int at, int colour) {
    rgb[at] = (byte) (colour >> 16);
    rgb[at + 1] = (byte) (colour >> 8);
    rgb[at + 2] = (byte) colour;
  }

  /** Returns the first bands interleaved, scaled to 8 bits. */
  private static byte[] bands(Raster raster, ColorModel colours, int count) {
    int[] bits = new int[count];
    boolean bytes = true;
    for (int b = 0; b < count; b++) {
      bits[b] = colours.getComponentSize(b);
      bytes &= bits[b] == 8;
    }
    return bytes ? byteBands(raster, count) : scaledBands(raster, bits);
  }

  /** Returns the first bands of a raster of 8-bit samples, interleaved. */
  public static byte[] byteBands(Raster raster, int count) {
    if (raster.getSampleModel() instanceof PixelInterleavedSampleModel model
        && raster.getDataBuffer() instanceof DataBufferByte buffer) {
      return interleavedBands(raster, model, buffer, count);
    }
    int[] bits = new int[count];
    Arrays.fill(bits, 8);
    return scaledBands(raster, bits);
  }

  private static byte[] interleavedBands(
      Raster raster, PixelInterleavedSampleModel model, DataBufferByte buffer, int count) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] from = buffer.getData();
    byte[] to = new byte[Math.multiplyExact(count, Math.multiplyExact(width, height))];
    int[] offsets = model.getBandOffsets();
    int stride = model.getPixelStride();
    int origin =
        buffer.getOffset()
            + (raster.getMinY() - raster.getSampleModelTranslateY()) * model.getScanlineStride()
            + (raster.getMinX() - raster.getSampleModelTranslateX()) * stride;
    for (int y = 0, at = 0; y < height; y++) {
      int pixel = origin + y * model.getScanlineStride();
      if (count == 3) {
        int red = offsets[0];
        int green = offsets[1];
        int blue = offsets[2];
        for (int x = 0; x < width; x++, at += 3, pixel += stride) {
          to[at] = from[pixel + red];
          to[at + 1] = from[pixel + green];
          to[at + 2] = from[pixel + blue];
        }
      } else {
        for (int x = 0; x < width; x++, pixel += stride) {
          for (int b = 0; b < count; b++) {
            to[at++] = from[pixel + offsets[b]];
          }
        }
      }
    }
    return to;
  }

  private static byte[] scaledBands(Raster raster, int[] bits) {
    int count = bits.length;
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] to = new byte[Math.multiplyExact(count, Math.multiplyExact(width, height))];
    int[] row = new int[width];
    for (int b = 0; b < count; b++) {
      int drop = Math.max(0, bits[b] - 8);
      int largest = (1 << Math.min(bits[b], 8)) - 1;
      for (int y = 0; y < height; y++) {
        raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, b, row);
        for (int x = 0, at = y * width * count + b; x < width; x++, at += count) {
          to[at] = (byte) ((row[x] >>> drop) * 255 / largest);
        }
      }
    }
    return to;
  }

  /** Converts gray bytes to RGB. */
  public static byte[] spread(byte[] grey) {
    byte[] rgb = new byte[Math.multiplyExact(3, grey.length)];
    for (int i = 0, to = 0; i < grey.length; i++, to += 3) {
      rgb[to] = grey[i];
      rgb[to + 1] = grey[i];
      rgb[to + 2] = grey[i];
    }
    return rgb;
  }

  /**
   * Makes ink amounts RGB as if inks were ideal: {@code (255 - ink) * (255 - black) / 255}.
   *
   * @param inverted whether 255 means no ink, as Adobe writes it into JPEG
   */
  public static byte[] inkToRgb(byte[] cmyk, boolean inverted) {
    int flip = inverted ? 0 : 0xFF;
    byte[] rgb = new byte[cmyk.length / 4 * 3];
    for (int from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
      int white = (cmyk[from + 3] & 0xFF) ^ flip;
      rgb[to] = times((cmyk[from] & 0xFF) ^ flip, white);
      rgb[to + 1] = times((cmyk[from + 1] & 0xFF) ^ flip, white);
      rgb[to + 2] = times((cmyk[from + 2] & 0xFF) ^ flip, white);
    }
    return rgb;
  }

  private static byte times(int light, int white) {
    return (byte) ((light * white + 127) / 255);
  }

  /** Exchanges red and blue, and returns the target. */
  public static byte[] swapped(byte[] from, byte[] to) {
    for (int i = 0; i < from.length; i += 3) {
      to[i] = from[i + 2];
      to[i + 1] = from[i + 1];
      to[i + 2] = from[i];
    }
    return to;
  }
}
