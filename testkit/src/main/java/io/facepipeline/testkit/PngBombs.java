package io.facepipeline.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** PNGs that cost time or memory out of proportion to their bytes. */
final class PngBombs {
  private static final int GREY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int RGBA = 6;

  private static byte[] bomb = {};
  private static int bombLimit;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private PngBombs(int width, int height, int bits, int colours, int interlaced) {
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 26, '\n'});
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put((byte) bits).put((byte) colours).put((byte) 0).put((byte) 0).put((byte) interlaced);
    chunk("IHDR", header.array());
    if (colours == PALETTE) {
      chunk("PLTE", new byte[] {1, 2, 3, 4, 5, 6});
    }
  }

  static Map<String, byte[]> all(int limit) {
    Map<String, byte[]> bombs = new LinkedHashMap<>();
    bombs.put("png with a text bomb", text(limit, "zTXt", new byte[] {'a', 0, 0}));
    bombs.put(
        "png with an international text bomb",
        text(limit, "iTXt", new byte[] {'a', 0, 1, 0, 0, 0}));
    bombs.put("png with a profile bomb", text(limit, "iCCP", new byte[] {'a', 0, 0}));
    bombs.put("rgb png with a profile bomb", rgbText(limit, "iCCP"));
    bombs.put("rgb png with a text bomb", rgbText(limit, "zTXt"));
    bombs.put("huge png of one bit", huge(limit, 9999, 9999, 1, GREY, 0));
    bombs.put("huge rgb png", huge(limit, 9999, 9999, 8, RGB, 0));
    bombs.put("huge png of 16 bits", huge(limit, 9999, 9999, 16, RGBA, 0));
    bombs.put("huge interlaced png of 16 bits", huge(limit, 9999, 9999, 16, RGBA, 1));
    bombs.put("interlaced palette png", huge(limit, 9999, 9999, 1, PALETTE, 1));
    bombs.put("png of one column", huge(limit, 1, 99_000_000, 8, GREY, 0));
    bombs.put("interlaced png of one column", huge(limit, 1, 25_000_000, 8, GREY, 1));
    bombs.put("png of one row", huge(limit, 99_000_000, 1, 8, RGB, 0));
    bombs.put("png with more data than pixels", huge(limit, 16, 16, 8, RGB, 0));
    bombs.put("png of empty data chunks", empties(limit, "IDAT", RGB));
    bombs.put("png of empty text chunks", empties(limit, "tEXt", RGB));
    bombs.put("palette png of empty chunks", empties(limit, "sPLT", PALETTE));
    bombs.put("palette png of palettes", empties(limit, "PLTE", PALETTE));
    bombs.put("palette png of histograms", empties(limit, "hIST", PALETTE));
    bombs.put("png of empty deflate blocks", emptyBlocks(limit));
    return bombs;
  }

  private void chunk(String type, byte[] data) {
    byte[] body = new byte[4 + data.length];
    System.arraycopy(type.getBytes(StandardCharsets.US_ASCII), 0, body, 0, 4);
    System.arraycopy(data, 0, body, 4, data.length);
    CRC32 crc = new CRC32();
    crc.update(body);
    out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    out.writeBytes(body);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  private byte[] done(byte[] data) {
    chunk("IDAT", data);
    chunk("IEND", new byte[0]);
    return out.toByteArray();
  }

  /** As many zeros as come into so many bytes, without the stream's end; the last are kept. */
  static synchronized byte[] bomb(int limit) {
    if (bombLimit != limit) {
      bomb = zeros(limit * 1100L, limit);
      bombLimit = limit;
    }
    return bomb.clone();
  }

  /** As many zeros as come into so many bytes. */
  static byte[] zeros(long count, int limit) {
    Deflater deflater = new Deflater(9);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    byte[] block = new byte[1 << 16];
    byte[] buffer = new byte[1 << 16];
    long left = count;
    while (!deflater.finished() && packed.size() < limit) {
      if (deflater.needsInput()) {
        int size = (int) Math.min(left, block.length);
        deflater.setInput(block, 0, size);
        left -= size;
        if (left == 0) {
          deflater.finish();
        }
      }
      packed.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    return packed.toByteArray();
  }

  private static byte[] text(int limit, String type, byte[] prefix) {
    PngBombs png = new PngBombs(4, 4, 8, PALETTE, 0);
    return png.withText(limit, type, prefix, 20);
  }

  private static byte[] rgbText(int limit, String type) {
    return new PngBombs(4, 4, 8, RGB, 0).withText(limit, type, new byte[] {'a', 0, 0}, 52);
  }

  private byte[] withText(int limit, String type, byte[] prefix, int pixels) {
    byte[] bomb = bomb(limit - 2000);
    byte[] data = new byte[prefix.length + bomb.length];
    System.arraycopy(prefix, 0, data, 0, prefix.length);
    System.arraycopy(bomb, 0, data, prefix.length, bomb.length);
    chunk(type, data);
    return done(zeros(pixels, 100));
  }

  private static byte[] huge(
      int limit, int width, int height, int bits, int colours, int interlaced) {
    PngBombs png = new PngBombs(width, height, bits, colours, interlaced);
    return png.done(bomb(limit - 2000));
  }

  private static byte[] empties(int limit, String type, int colours) {
    PngBombs png = new PngBombs(4, 4, 8, colours, 0);
    byte[] body =
        switch (type) {
          case "sPLT" -> new byte[] {'a', 0, 8};
          case "PLTE" -> new byte[768];
          case "tEXt" -> new byte[] {'a', 0};
          default -> new byte[0];
        };
    while (png.out.size() < limit - 200 - body.length) {
      png.chunk(type, body);
    }
    return png.done(zeros(colours == RGB ? 52 : 20, 100));
  }

  private static byte[] emptyBlocks(int limit) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.writeBytes(new byte[] {0x78, 1});
    for (int i = 0; i < (limit - 200) / 5; i++) {
      data.writeBytes(new byte[] {0, 0, 0, -1, -1});
    }
    return new PngBombs(4, 4, 8, RGB, 0).done(data.toByteArray());
  }
}
