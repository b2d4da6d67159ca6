package io.facepipeline.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Small picture files that ask a decoder for much time or memory: decompression bombs, thousands of
 * passes over the same pixels, tables of any size, loops. Made here, so that tests of every codec
 * share them.
 */
public final class PictureBombs {
  private PictureBombs() {}

  /**
   * {@return the bombs by what they are}
   *
   * @param limit about how many bytes each may have, at least 10,000
   */
  public static Map<String, byte[]> all(int limit) {
    Map<String, byte[]> bombs = new LinkedHashMap<>();
    bombs.putAll(JpegBombs.all(limit));
    bombs.putAll(PngBombs.all(limit));
    bombs.putAll(TiffBombs.all(limit));
    gifs(limit, bombs);
    bmps(limit, bombs);
    webps(limit, bombs);
    return bombs;
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void gifs(int limit, Map<String, byte[]> bombs) {
    bombs.put("gif of a huge canvas", gif(9999, 9999, 1, 1, new byte[0], lzw(1)));
    bombs.put("huge gif", gif(9999, 9999, 9999, 9999, new byte[0], lzw(limit * 8 / 12)));
    bombs.put("huge gif without data", gif(9999, 9999, 9999, 9999, new byte[0], new byte[] {0}));
    bombs.put("gif of clear codes", gif(4, 4, 4, 4, new byte[0], clears(limit)));
    for (int label : new int[] {0xFE, 0xFF, 0xF9, 0x01}) {
      bombs.put(
          "gif of blocks of extension " + Integer.toHexString(label),
          gif(4, 4, 4, 4, extension(limit, label, true), lzw(4)));
      bombs.put(
          "gif of extensions " + Integer.toHexString(label),
          gif(4, 4, 4, 4, extension(limit, label, false), lzw(4)));
    }
    bombs.put("gif of padding", gif(4, 4, 4, 4, new byte[limit - 200], lzw(4)));
  }

  private static byte[] gif(
      int width, int height, int frameWidth, int frameHeight, byte[] before, byte[] data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("GIF89a".getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(
        little(7).putShort((short) width).putShort((short) height).put((byte) 0x80).array());
    out.writeBytes(new byte[6]);
    out.writeBytes(before);
    out.write(',');
    out.writeBytes(
        little(9).putInt(0).putShort((short) frameWidth).putShort((short) frameHeight).array());
    out.write(2);
    out.writeBytes(data);
    out.write(0);
    out.write(';');
    return out.toByteArray();
  }

  /** Codes each of which stands for one zero more than the one before. */
  private static byte[] lzw(int codes) {
    ByteArrayOutputStream bits = new ByteArrayOutputStream();
    int buffer = 4;
    int held = 3;
    int size = 3;
    int next = 6;
    int code = 0;
    for (int i = 0; i < codes; i++) {
      buffer |= code << held;
      held += size;
      while (held >= 8) {
        bits.write(buffer);
        buffer >>>= 8;
        held -= 8;
      }
      code = i == 0 ? 6 : Math.min(4095, next);
      if (i > 0 && next < 4095) {
        next++;
        if (next == 1 << size && size < 12) {
          size++;
        }
        code = next;
      }
    }
    bits.write(buffer);
    return blocks(bits.toByteArray());
  }

  private static byte[] clears(int limit) {
    byte[] packed = new byte[limit - limit / 100 - 200];
    // The code 4 in three bits, over and over.
    for (int bit = 0; bit < packed.length * 8; bit++) {
      if (bit % 3 == 2) {
        packed[bit / 8] |= (byte) (1 << (bit % 8));
      }
    }
    return blocks(packed);
  }

  private static byte[] blocks(byte[] data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < data.length; at += 255) {
      int size = Math.min(255, data.length - at);
      out.write(size);
      out.write(data, at, size);
    }
    return out.toByteArray();
  }

  private static byte[] extension(int limit, int label, boolean one) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] first =
        switch (label) {
          case 0xFF -> "\u000BNETSCAPE2.0".getBytes(StandardCharsets.US_ASCII);
          case 0xF9 -> new byte[] {4, 0, 0, 0, 0};
          case 0x01 -> new byte[] {12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
          default -> new byte[0];
        };
    while (out.size() < limit - 300) {
      out.write('!');
      out.write(label);
      out.writeBytes(first);
      while (one && out.size() < limit - 300) {
        out.write(1);
        out.write('a');
      }
      out.write(0);
    }
    return out.toByteArray();
  }

  private static void bmps(int limit, Map<String, byte[]> bombs) {
    bombs.put("huge bmp without data", bmp(40, 9999, 9999, 24, 0, 0, 100));
    bombs.put("huge bmp of 32 bits without data", bmp(40, 9999, 9999, 32, 0, 0, 100));
    bombs.put("huge bmp of run lengths", bmp(40, 9999, 9999, 8, 1, 0, limit - 2000));
    bombs.put("huge bmp of short run lengths", bmp(40, 9999, 9999, 4, 2, 0, limit - 2000));
    bombs.put("bmp of run lengths past its end", bmp(40, 4, 4, 8, 1, 0, limit - 2000));
    bombs.put("bmp with a huge palette", bmp(40, 4, 4, 8, 0, Integer.MAX_VALUE - 8, 1000));
    bombs.put("bmp of 24 bits with a huge palette", bmp(40, 4, 4, 24, 0, 1 << 28, 1000));
    bombs.put("bmp of 32 bits with a palette", bmp(40, 4, 4, 32, 0, 1 << 28, 1000));
    bombs.put("bmp with a huge header", bmp(1 << 30, 4, 4, 24, 0, 0, 1000));
    bombs.put("bmp with a huge profile", profiled());
  }

  private static byte[] bmp(
      int header, int width, int height, int bits, int compression, int colours, int data) {
    byte[] file = new byte[54 + 1024 + data];
    ByteBuffer bmp = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    bmp.put((byte) 'B').put((byte) 'M').putInt(bmp.capacity()).putInt(0).putInt(54 + 1024);
    bmp.putInt(header).putInt(width).putInt(height).putShort((short) 1).putShort((short) bits);
    bmp.putInt(compression).putInt(0).putInt(0).putInt(0).putInt(colours).putInt(0);
    while (compression != 0 && bmp.remaining() >= 2) {
      if (bmp.position() < 54 + 1024) {
        bmp.position(54 + 1024);
      }
      bmp.put((byte) 255).put((byte) 0);
    }
    return file;
  }

  private static byte[] profiled() {
    byte[] bmp = bmp(124, 4, 4, 24, 0, 0, 1000);
    ByteBuffer view = ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN);
    view.putInt(70, 0x4D424544); // an embedded profile
    view.putInt(14 + 112, 200).putInt(14 + 116, Integer.MAX_VALUE - 8);
    return bmp;
  }

  private static void webps(int limit, Map<String, byte[]> bombs) {
    bombs.put("huge lossless webp", webp("VP8L", lossless(10_000, 9_900, 0)));
    bombs.put("huge lossless webp of zeros", webp("VP8L", lossless(10_000, 9_900, limit - 100)));
    bombs.put("huge lossy webp", webp("VP8 ", lossy(10_000, 9_900, limit - 100)));
    ByteArrayOutputStream extended = new ByteArrayOutputStream();
    byte[] canvas = {0x02, 0, 0, 0, 0x0F, 0x27, 0, (byte) 0xAB, 0x26, 0};
    extended.writeBytes(chunk("VP8X", canvas));
    extended.writeBytes(chunk("ANIM", new byte[6]));
    byte[] tiny = chunk("VP8L", lossless(1, 1, 20));
    while (extended.size() < limit - 200) {
      byte[] frame = new byte[16 + tiny.length];
      System.arraycopy(tiny, 0, frame, 16, tiny.length);
      extended.writeBytes(chunk("ANMF", frame));
    }
    bombs.put("animated webp of a huge canvas", riff(extended.toByteArray()));
    extended.reset();
    while (extended.size() < limit - 200) {
      extended.writeBytes(chunk("JUNK", new byte[0]));
    }
    bombs.put("webp of empty chunks", riff(extended.toByteArray()));
  }

  private static byte[] lossless(int width, int height, int data) {
    byte[] body = new byte[5 + data];
    body[0] = 0x2F;
    little(4).putInt((width - 1) | (height - 1) << 14).flip().get(body, 1, 4);
    return body;
  }

  private static byte[] lossy(int width, int height, int data) {
    byte[] body = new byte[10 + data];
    int tag = 1 << 4 | Math.min(data / 2, (1 << 19) - 1) << 5;
    little(10)
        .put((byte) tag)
        .put((byte) (tag >> 8))
        .put((byte) (tag >> 16))
        .put((byte) 0x9D)
        .put((byte) 1)
        .put((byte) 0x2A)
        .putShort((short) width)
        .putShort((short) height)
        .flip()
        .get(body, 0, 10);
    return body;
  }

  private static byte[] chunk(String type, byte[] data) {
    byte[] bytes = new byte[8 + data.length + data.length % 2];
    ByteBuffer chunk = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    chunk.put(type.getBytes(StandardCharsets.US_ASCII)).putInt(data.length).put(data);
    return bytes;
  }

  private static byte[] webp(String type, byte[] data) {
    return riff(chunk(type, data));
  }

  private static byte[] riff(byte[] chunks) {
    byte[] bytes = new byte[12 + chunks.length];
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(4 + chunks.length);
    file.put("WEBP".getBytes(StandardCharsets.US_ASCII)).put(chunks);
    return bytes;
  }
}
