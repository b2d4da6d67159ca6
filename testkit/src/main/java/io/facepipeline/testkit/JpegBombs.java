package io.facepipeline.testkit;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** JPEGs that cost time or memory out of proportion to their bytes. */
final class JpegBombs {
  private static final int BASELINE = 0xC0;
  private static final int PROGRESSIVE = 0xC2;
  private static final int ARITHMETIC = 0xC9;
  private static final int ARITHMETIC_PROGRESSIVE = 0xCA;
  private static final int LARGEST_SIDE = 65_500;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final int limit;

  private JpegBombs(int limit) {
    this.limit = limit;
    marker(0xD8);
  }

  static Map<String, byte[]> all(int limit) {
    Map<String, byte[]> bombs = new LinkedHashMap<>();
    bombs.put("jpeg of empty runs", emptyRuns(limit, 1000, 1000));
    bombs.put("small jpeg of empty runs", emptyRuns(limit, 16, 16));
    bombs.put("jpeg of scans without data", dataless(limit, PROGRESSIVE));
    bombs.put("arithmetic jpeg of scans without data", dataless(limit, ARITHMETIC_PROGRESSIVE));
    bombs.put("jpeg of refinements", refinements(limit));
    bombs.put("sequential jpeg of scans", sequentialScans(limit));
    bombs.put("huge jpeg without data", uniform(BASELINE, LARGEST_SIDE, 1500, 0x11, 0));
    bombs.put("huge jpeg of zeros", uniform(BASELINE, LARGEST_SIDE, 1500, 0x22, limit));
    bombs.put("huge progressive jpeg", uniform(PROGRESSIVE, LARGEST_SIDE, 1500, 0x11, 0));
    bombs.put("huge arithmetic jpeg", uniform(ARITHMETIC, LARGEST_SIDE, 1500, 0x11, 0));
    bombs.put("jpeg with large sampling factors", uniform(PROGRESSIVE, 1, LARGEST_SIDE, 0x44, 0));
    bombs.put("jpeg of restart markers", restarts(limit));
    bombs.put("jpeg of missing restart markers", missingRestarts());
    for (int type : new int[] {0xC4, 0xDB, 0xE1, 0xE2, 0xED, 0xFE, 0xDD}) {
      bombs.put("jpeg of segments " + Integer.toHexString(type), segments(limit, type));
    }
    bombs.put("jpeg of fill bytes", fill(limit, 0xFF));
    bombs.put("jpeg of garbage", fill(limit, 0x00));
    bombs.put("jpeg of starts", starts(limit));
    bombs.put("jpeg of exif directories", exif(limit));
    return bombs;
  }

  private void marker(int type) {
    out.write(0xFF);
    out.write(type);
  }

  private void segment(int type, int... body) {
    marker(type);
    out.write((body.length + 2) >> 8);
    out.write(body.length + 2);
    for (int b : body) {
      out.write(b);
    }
  }

  private void quantization() {
    int[] table = new int[65];
    java.util.Arrays.fill(table, 1, 65, 1);
    segment(0xDB, table);
  }

  private void frame(int type, int width, int height, int components, int sampling) {
    int[] body = new int[6 + 3 * components];
    body[0] = 8;
    body[1] = height >> 8;
    body[2] = height;
    body[3] = width >> 8;
    body[4] = width;
    body[5] = components;
    for (int c = 0; c < components; c++) {
      body[6 + 3 * c] = c + 1;
      body[7 + 3 * c] = c == 0 ? sampling : 0x11;
    }
    segment(type, body);
  }

  /** A table of codes of one and two bits. */
  private void codes(int tableClass, int first, int second) {
    int[] body = new int[17 + 2];
    body[0] = tableClass << 4;
    body[1] = 1;
    body[2] = 1;
    body[17] = first;
    body[18] = second;
    segment(0xC4, body);
  }

  private void scan(int components, int from, int to, int approximation) {
    int[] body = new int[4 + 2 * components];
    body[0] = components;
    for (int c = 0; c < components; c++) {
      body[1 + 2 * c] = c + 1;
    }
    body[1 + 2 * components] = from;
    body[2 + 2 * components] = to;
    body[3 + 2 * components] = approximation;
    segment(0xDA, body);
  }

  private byte[] done() {
    marker(0xD9);
    return out.toByteArray();
  }

  private void bytes(int count, int value) {
    for (int i = 0; i < count; i++) {
      out.write(value);
    }
  }

  /** Each scan says in two bytes that all of its blocks are empty. */
  private static byte[] emptyRuns(int limit, int width, int height) {
    JpegBombs jpeg = new JpegBombs(limit);
    jpeg.quantization();
    jpeg.frame(PROGRESSIVE, width, height, 1, 0x11);
    jpeg.codes(0, 0, 1);
    jpeg.codes(1, 0xE0, 0);
    jpeg.scan(1, 0, 0, 0);
    jpeg.bytes((width * height / 64 + 2000) / 8, 0);
    while (jpeg.out.size() < jpeg.limit - 20) {
      jpeg.scan(1, 1, 63, 0);
      jpeg.bytes(2, 0);
    }
    return jpeg.done();
  }

  private static byte[] dataless(int limit, int type) {
    JpegBombs jpeg = new JpegBombs(limit);
    jpeg.quantization();
    jpeg.frame(type, 1000, 1000, 3, 0x11);
    jpeg.codes(0, 0, 1);
    jpeg.codes(1, 0, 1);
    jpeg.scan(3, 0, 0, 0);
    while (jpeg.out.size() < jpeg.limit - 20) {
      jpeg.scan(1, 1, 63, 0);
    }
    return jpeg.done();
  }

  /** Coefficients that are not zero cost time in each refinement. */
  private static byte[] refinements(int limit) {
    JpegBombs jpeg = new JpegBombs(limit);
    jpeg.quantization();
    jpeg.frame(PROGRESSIVE, 512, 512, 1, 0x11);
    jpeg.codes(0, 0, 1);
    jpeg.codes(1, 1, 0);
    jpeg.scan(1, 0, 0, 0);
    jpeg.bytes(512 * 512 / 64 / 8 + 1, 0);
    jpeg.scan(1, 1, 63, 0x0D);
    // Two bits a coefficient: its size, 1, and its sign.
    jpeg.bytes(512 * 512 / 4 + 1, 0);
    for (int low = 12; low >= 0 && jpeg.out.size() < jpeg.limit; low--) {
      jpeg.scan(1, 1, 63, (low + 1) << 4 | low);
    }
    while (jpeg.out.size() < jpeg.limit - 20) {
      jpeg.scan(1, 1, 63, 0x10);
    }
    return jpeg.done();
  }

  private static byte[] sequentialScans(int limit) {
    JpegBombs jpeg = new JpegBombs(limit);
    jpeg.quantization();
    jpeg.frame(BASELINE, 1000, 1000, 3, 0x11);
    jpeg.codes(0, 0, 1);
    jpeg.codes(1, 0, 1);
    while (jpeg.out.size() < jpeg.limit - 20) {
      jpeg.scan(1, 0, 63, 0);
    }
    return jpeg.done();
  }

  private static byte[] uniform(int type, int width, int height, int sampling, int data) {
    JpegBombs jpeg = new JpegBombs(data);
    jpeg.quantization();
    jpeg.frame(type, width, height, 3, sampling);
    jpeg.codes(0, 0, 1);
    jpeg.codes(1, 0, 1);
    boolean progressive = type == PROGRESSIVE || type == ARITHMETIC_PROGRESSIVE;
    jpeg.scan(3, 0, progressive ? 0 : 63, 0);
    jpeg.bytes(data * 9 / 10, 0);
    return jpeg.done();
  }

  private static byte[] restarts(int limit) {
    JpegBombs jpeg = new JpegBombs(limit);
    jpeg.quantization();
    jpeg.segment(0xDD, 0, 1);
    jpeg.frame(BASELINE, 4000, 4000, 1, 0x11);
    jpeg.codes(0, 0, 1);
    jpeg.codes(1, 0, 1);
    jpeg.scan(1, 0, 63, 0);
    for (int i = 0; jpeg.out.size() < jpeg.limit - 20; i++) {
      jpeg.marker(0xD0 + 3 * i % 8);
    }
    return jpeg.done();
  }

  private static byte[] missingRestarts() {
    JpegBombs jpeg = new JpegBombs(0);
    jpeg.quantization();
    jpeg.segment(0xDD, 0, 1);
    jpeg.frame(BASELINE, 4000, 4000, 1, 0x11);
    jpeg.codes(0, 0, 1);
    jpeg.codes(1, 0, 1);
    jpeg.scan(1, 0, 63, 0);
    return jpeg.done();
  }

  private static byte[] segments(int limit, int type) {
    JpegBombs jpeg = new JpegBombs(limit);
    jpeg.quantization();
    while (jpeg.out.size() < jpeg.limit - 1000) {
      switch (type) {
        case 0xC4 -> jpeg.codes(1, 0, 1);
        case 0xDB -> jpeg.quantization();
        case 0xDD -> jpeg.segment(type, 0, 0);
        default -> jpeg.segment(type);
      }
    }
    return jpeg.tail();
  }

  private byte[] tail() {
    frame(BASELINE, 16, 16, 1, 0x11);
    codes(0, 0, 1);
    codes(1, 0, 1);
    scan(1, 0, 63, 0);
    bytes(1, 0);
    return done();
  }

  private static byte[] fill(int limit, int value) {
    JpegBombs jpeg = new JpegBombs(limit);
    jpeg.quantization();
    jpeg.bytes(limit - 1000, value);
    return jpeg.tail();
  }

  private static byte[] starts(int limit) {
    JpegBombs jpeg = new JpegBombs(limit);
    while (jpeg.out.size() < limit - 1000) {
      jpeg.marker(0xD8);
    }
    jpeg.quantization();
    return jpeg.tail();
  }

  /** Directories that say how many entries they have, and each entry claims many values. */
  private static byte[] exif(int limit) {
    JpegBombs jpeg = new JpegBombs(limit);
    jpeg.quantization();
    byte[] directory = TiffBombs.manyEntries(65_000, 0x9000, 65_000);
    int[] body = new int[Math.min(65_000, directory.length) + 6];
    byte[] exif = {'E', 'x', 'i', 'f', 0, 0};
    for (int i = 0; i < body.length; i++) {
      body[i] = i < 6 ? exif[i] : directory[i - 6];
    }
    while (jpeg.out.size() + body.length < limit - 1000) {
      jpeg.segment(0xE1, body);
    }
    return jpeg.tail();
  }
}
