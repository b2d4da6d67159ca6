package io.facepipeline.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of a PNG that make its picture. The JDK's reader gets only these, the pixel data in
 * one chunk: it would otherwise unpack compressed texts and profiles of any size, and goes slowly
 * through thousands of empty chunks.
 *
 * @param header the header chunk's 13 bytes
 * @param palette the palette's bytes, if the pixels are indexes
 * @param data the packed pixels
 * @param orientation the Exif orientation, 1 to 8
 */
record PngChunks(ByteView header, @Nullable ByteView palette, ByteView data, int orientation) {
  private static final int INDEXED = 3;
  private static final int[] CHANNELS = {1, 0, 3, 1, 2, 0, 4};

  /** Returns the chunks; null if there is no header. */
  static @Nullable PngChunks parse(ByteView view) {
    if (!view.matches(12, "IHDR") || !view.has(8, 25)) {
      return null;
    }
    ByteView header = view.slice(16, 13);
    ByteView palette = null;
    int orientation = ExifOrientation.UPRIGHT;
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    long at = 33;
    while (view.has(at, 8) && !view.matches(at + 4, "IEND")) {
      // What the last chunk claims beyond the file's end is not there.
      ByteView body = view.slice(at + 8, view.u32(at));
      if (view.matches(at + 4, "IDAT")) {
        body.copyTo(data);
      } else if (view.matches(at + 4, "PLTE") && palette == null) {
        palette = body;
      } else if (view.matches(at + 4, "eXIf")) {
        orientation = ExifOrientation.of(body);
      }
      at += 12 + view.u32(at);
    }
    return new PngChunks(header, palette, ByteView.bigEndian(data.toByteArray()), orientation);
  }

  long width() {
    return header.u32(0);
  }

  long height() {
    return header.u32(4);
  }

  private int colours() {
    return header.u8(9);
  }

  /** The bytes of a row of pixels, unpacked. */
  long rowBytes() {
    int channels = colours() < CHANNELS.length ? CHANNELS[colours()] : 0;
    return (width() * channels * header.u8(8) + 7) / 8;
  }

  /** A PNG file of nothing but these chunks. */
  byte[] file() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(data.length() + 1024);
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 26, '\n'});
    write(out, "IHDR", header.toArray());
    if (palette != null && colours() == INDEXED) {
      write(out, "PLTE", palette.toArray());
    }
    write(out, "IDAT", data.toArray());
    write(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, String type, byte[] body) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(body);
    out.writeBytes(ByteBuffer.allocate(4).putInt(body.length).array());
    out.writeBytes(name);
    out.writeBytes(body);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
