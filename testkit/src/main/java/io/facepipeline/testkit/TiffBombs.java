package io.facepipeline.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** TIFFs that cost time or memory out of proportion to their bytes. */
final class TiffBombs {
  private static final int SHORT = 3;
  private static final int LONG = 4;

  /** Tag to its values; the data come first in the file, at byte 8. */
  private final TreeMap<Integer, int[]> tags = new TreeMap<>();

  private final byte[] data;

  private TiffBombs(int width, int height, int compression, byte[] data) {
    this.data = data;
    tags.put(256, new int[] {width});
    tags.put(257, new int[] {height});
    tags.put(258, new int[] {8});
    tags.put(259, new int[] {compression});
    tags.put(262, new int[] {1});
    tags.put(273, new int[] {8});
    tags.put(277, new int[] {1});
    tags.put(278, new int[] {height});
    tags.put(279, new int[] {data.length});
  }

  private TiffBombs with(int tag, int... values) {
    tags.put(tag, values);
    return this;
  }

  private TiffBombs without(int... removed) {
    for (int tag : removed) {
      tags.remove(tag);
    }
    return this;
  }

  private TiffBombs bits(int bits, int samples) {
    int[] all = new int[samples];
    java.util.Arrays.fill(all, bits);
    return with(258, all).with(277, samples);
  }

  private byte[] done() {
    int directory = 8 + data.length + data.length % 2;
    int values = directory + 2 + 12 * tags.size() + 4;
    ByteArrayOutputStream tail = new ByteArrayOutputStream();
    ByteBuffer entries = little(2 + 12 * tags.size() + 4).putShort((short) tags.size());
    tags.forEach(
        (tag, list) -> {
          boolean inline = list.length == 1;
          entries.putShort((short) (int) tag).putShort((short) type(tag));
          entries.putInt(list.length);
          if (inline) {
            // Little-endian, so that a short lies in the first two of the four bytes.
            entries.putInt(list[0]);
          } else {
            entries.putInt(values + tail.size());
            ByteBuffer packed = little(list.length * (type(tag) == SHORT ? 2 : 4));
            for (int value : list) {
              if (type(tag) == SHORT) {
                packed.putShort((short) value);
              } else {
                packed.putInt(value);
              }
            }
            tail.writeBytes(bytes(packed));
            if (tail.size() % 2 == 1) {
              tail.write(0);
            }
          }
        });
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        little(8).put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(directory).array());
    out.writeBytes(data);
    out.writeBytes(new byte[data.length % 2]);
    out.writeBytes(bytes(entries));
    out.writeBytes(tail.toByteArray());
    return out.toByteArray();
  }

  private static int type(int tag) {
    return switch (tag) {
      case 258, 259, 262, 277, 320, 339 -> SHORT;
      default -> LONG;
    };
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.capacity()];
    buffer.get(0, bytes);
    return bytes;
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  static Map<String, byte[]> all(int limit) {
    Map<String, byte[]> bombs = new LinkedHashMap<>();
    for (int bits : new int[] {17, 24, 28, 30, 31, 32, 64}) {
      for (int samples : new int[] {1, 3}) {
        TiffBombs tiff = new TiffBombs(4, 4, 1, new byte[16 * 8 * samples]);
        tiff.bits(bits, samples).with(262, samples == 1 ? 1 : 2);
        bombs.put("tiff of " + samples + " samples of " + bits + " bits", tiff.done());
      }
    }
    bombs.put(
        "palette tiff of 24 bits",
        new TiffBombs(4, 4, 1, new byte[48]).bits(24, 1).with(262, 3).with(320, 0, 0, 0).done());
    bombs.put(
        "palette tiff of 16 bits",
        new TiffBombs(4, 4, 1, new byte[32]).bits(16, 1).with(262, 3).with(320, 0, 0, 0).done());
    byte[] zeros = PngBombs.bomb(limit - 2000);
    bombs.put("huge deflate tiff", new TiffBombs(9999, 9999, 8, zeros).done());
    bombs.put(
        "huge deflate tiff of 64 bits",
        new TiffBombs(4000, 4000, 8, zeros).bits(64, 3).with(262, 2).with(339, 3, 3, 3).done());
    bombs.put(
        "huge deflate tiff of 16 bits",
        new TiffBombs(4000, 4000, 8, zeros).bits(16, 8).with(262, 2).done());
    byte[] packed = new byte[limit - 500];
    for (int i = 0; i < packed.length; i += 2) {
      packed[i] = -127;
    }
    bombs.put("huge packbits tiff", new TiffBombs(9000, 9000, 32773, packed).done());
    bombs.put("huge tiff without data", new TiffBombs(9999, 9999, 1, new byte[1]).done());
    for (int compression : new int[] {2, 3, 4, 5, 6, 7, 8}) {
      bombs.put(
          "huge tiff of compression " + compression,
          new TiffBombs(9999, 9999, compression, new byte[1000])
              .bits(compression < 5 ? 1 : 8, 1)
              .done());
    }
    bombs.put("tiff of tiny tiles", tiles(limit, 4096, 4096, 16, 1));
    bombs.put("tiff of tiles of one pixel", tiles(limit, 9999, 9999, 1, 1));
    bombs.put("tiff of one huge tile", tiles(limit, 1, 1, 9984, 1));
    bombs.put("tiff of overlapping tiles", overlapping(limit));
    bombs.put("tiff of overlapping strips", overlappingStrips(limit));
    bombs.put("tiff of jpeg strips", jpegStrips(limit));
    bombs.put("tiff in a loop", looped(34665));
    bombs.put("tiff in a loop of sub-directories", looped(330));
    bombs.put("tiff whose directory follows itself", nextIsSelf());
    bombs.put("tiff of many entries", manyEntries(limit, 258, limit / 2));
    bombs.put("tiff of many directories", manyEntries(limit, 34665, 1));
    return bombs;
  }

  private static byte[] tiles(int limit, int width, int height, int tile, int samples) {
    int count = Math.min(limit / 8 - 100, ((width - 1) / tile + 1) * ((height - 1) / tile + 1));
    int[] offsets = new int[Math.max(2, count)];
    int[] bytes = new int[Math.max(2, count)];
    java.util.Arrays.fill(offsets, 8);
    java.util.Arrays.fill(bytes, 64);
    return new TiffBombs(width, height, 8, PngBombs.zeros(1L << 16, 1000))
        .without(273, 278, 279)
        .with(322, tile)
        .with(323, tile)
        .with(324, offsets)
        .with(325, bytes)
        .bits(8, samples)
        .done();
  }

  /** Each tile reads the same large block. */
  private static byte[] overlapping(int limit) {
    byte[] zeros = java.util.Arrays.copyOf(PngBombs.bomb(limit - 2000), limit / 2);
    int[] offsets = new int[limit / 20];
    int[] bytes = new int[limit / 20];
    java.util.Arrays.fill(offsets, 8);
    java.util.Arrays.fill(bytes, zeros.length);
    return new TiffBombs(16 * offsets.length, 16, 8, zeros)
        .without(273, 278, 279)
        .with(322, 16)
        .with(323, 16)
        .with(324, offsets)
        .with(325, bytes)
        .done();
  }

  private static byte[] overlappingStrips(int limit) {
    byte[] zeros = java.util.Arrays.copyOf(PngBombs.bomb(limit - 2000), limit / 2);
    int[] offsets = new int[limit / 20];
    int[] bytes = new int[limit / 20];
    java.util.Arrays.fill(offsets, 8);
    java.util.Arrays.fill(bytes, zeros.length);
    return new TiffBombs(16, offsets.length, 5, zeros)
        .with(273, offsets)
        .with(279, bytes)
        .with(278, 1)
        .done();
  }

  /** Each strip is the same progressive JPEG of many scans. */
  private static byte[] jpegStrips(int limit) {
    byte[] jpeg = JpegBombs.all(limit / 4).get("small jpeg of empty runs");
    int[] offsets = new int[limit / 20];
    int[] bytes = new int[limit / 20];
    java.util.Arrays.fill(offsets, 8);
    java.util.Arrays.fill(bytes, jpeg.length);
    return new TiffBombs(16, 16 * offsets.length, 7, jpeg)
        .with(273, offsets)
        .with(279, bytes)
        .with(278, 16)
        .done();
  }

  private static byte[] looped(int tag) {
    return new TiffBombs(4, 4, 1, new byte[16]).with(tag, 24).done();
  }

  private static byte[] nextIsSelf() {
    byte[] tiff = new TiffBombs(4, 4, 1, new byte[16]).done();
    ByteBuffer.wrap(tiff).order(ByteOrder.LITTLE_ENDIAN).putInt(tiff.length - 4, 24);
    return tiff;
  }

  /** A directory that is nothing but entries of one tag, each with values all over the file. */
  static byte[] manyEntries(int limit, int tag, int count) {
    int entries = Math.min(65_500, (limit - 300) / 12);
    ByteBuffer tiff = little(8 + 2 + 12 * entries + 4);
    tiff.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8);
    tiff.putShort((short) entries);
    int[][] needed = {
      {256, 4}, {257, 4}, {259, 1}, {262, 1}, {273, 8}, {277, 1}, {278, 4}, {279, 16}
    };
    for (int[] entry : needed) {
      tiff.putShort((short) entry[0]).putShort((short) LONG).putInt(1).putInt(entry[1]);
    }
    for (int i = needed.length; i < entries; i++) {
      tiff.putShort((short) tag).putShort((short) (count == 1 ? LONG : 1)).putInt(count).putInt(8);
    }
    return bytes(tiff.putInt(0));
  }
}
