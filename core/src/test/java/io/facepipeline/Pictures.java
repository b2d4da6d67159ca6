package io.facepipeline;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/** Pictures made for tests. */
public final class Pictures {
  private Pictures() {}

  /** A picture that no turning or mirroring maps to itself. */
  public static Image gradient(int width, int height) {
    byte[] rgb = new byte[width * height * 3];
    for (int y = 0, at = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        rgb[at++] = (byte) (x * 255 / Math.max(1, width - 1));
        rgb[at++] = (byte) (y * 255 / Math.max(1, height - 1));
        rgb[at++] = (byte) (x < width / 3 ? 40 : 200);
      }
    }
    return Image.ofRgb(width, height, rgb);
  }

  public static byte[] encode(BufferedImage picture, String format) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(picture, format, bytes)) {
        throw new IllegalArgumentException("no writer for " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  public static byte[] jpeg(Image image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    image.writeJpeg(bytes, 1f);
    return bytes.toByteArray();
  }

  /** An Exif block that says only how the camera was held. */
  public static byte[] exif(int orientation, ByteOrder order) {
    return ByteBuffer.allocate(26)
        .order(order)
        .put((byte) (order == ByteOrder.BIG_ENDIAN ? 'M' : 'I'))
        .put((byte) (order == ByteOrder.BIG_ENDIAN ? 'M' : 'I'))
        .putShort((short) 42)
        .putInt(8)
        .putShort((short) 1)
        .putShort((short) 274)
        .putShort((short) 3)
        .putInt(1)
        .putShort((short) orientation)
        .putShort((short) 0)
        .putInt(0)
        .array();
  }

  /** Puts an Exif segment behind the first marker of a JPEG. */
  public static byte[] withExif(byte[] jpeg, byte[] exif) {
    return ByteBuffer.allocate(jpeg.length + exif.length + 10)
        .put(jpeg, 0, 2)
        .putShort((short) 0xFFE1)
        .putShort((short) (exif.length + 8))
        .put(new byte[] {'E', 'x', 'i', 'f', 0, 0})
        .put(exif)
        .put(jpeg, 2, jpeg.length - 2)
        .array();
  }

  /** Puts a chunk behind the header chunk of a PNG. */
  public static byte[] withChunk(byte[] png, String type, byte[] data) {
    byte[] body = new byte[4 + data.length];
    for (int i = 0; i < 4; i++) {
      body[i] = (byte) type.charAt(i);
    }
    System.arraycopy(data, 0, body, 4, data.length);
    CRC32 crc = new CRC32();
    crc.update(body);
    return ByteBuffer.allocate(png.length + body.length + 8)
        .put(png, 0, 33)
        .putInt(data.length)
        .put(body)
        .putInt((int) crc.getValue())
        .put(png, 33, png.length - 33)
        .array();
  }

  /** Sets a PNG's claimed size and the header's checksum. */
  public static byte[] withPngSize(byte[] png, int width, int height) {
    byte[] changed = png.clone();
    ByteBuffer buffer = ByteBuffer.wrap(changed).putInt(16, width).putInt(20, height);
    CRC32 crc = new CRC32();
    crc.update(changed, 12, 17);
    buffer.putInt(29, (int) crc.getValue());
    return changed;
  }
}
