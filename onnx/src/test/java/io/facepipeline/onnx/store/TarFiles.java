package io.facepipeline.onnx.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/** Gzipped tar archives as npm makes them: ustar, and pax headers for long names. */
final class TarFiles {
  private static final int BLOCK = 512;
  private static final int LONGEST_NAME = 100;

  private TarFiles() {}

  /** An archive of files: name, content, name, content. */
  static byte[] gzipped(Object... files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream tar = new GZIPOutputStream(bytes)) {
      for (int i = 0; i < files.length; i += 2) {
        String name = (String) files[i];
        byte[] content = (byte[]) files[i + 1];
        if (name.length() > LONGEST_NAME) {
          tar.write(entry("PaxHeader", 'x', record("path=" + name)));
        }
        tar.write(entry(name, '0', content));
      }
      tar.write(new byte[2 * BLOCK]);
    }
    return bytes.toByteArray();
  }

  /** {@code LENGTH KEY=VALUE}, where the length counts itself. */
  private static byte[] record(String keyAndValue) {
    int length = keyAndValue.length() + 2;
    int digits = String.valueOf(length).length();
    length += String.valueOf(length + digits).length();
    return (length + " " + keyAndValue + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] entry(String name, char type, byte[] content) {
    int padded = (content.length + BLOCK - 1) / BLOCK * BLOCK;
    byte[] entry = new byte[BLOCK + padded];
    put(entry, 0, name.substring(0, Math.min(name.length(), LONGEST_NAME)));
    put(entry, 100, "0000644\0" + "0000000\0" + "0000000\0");
    put(entry, 124, String.format(Locale.ROOT, "%011o\0", content.length));
    put(entry, 136, "00000000000\0" + "        " + type);
    put(entry, 257, "ustar\0" + "00");
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += entry[i];
    }
    put(entry, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
    System.arraycopy(content, 0, entry, BLOCK, content.length);
    return entry;
  }

  private static void put(byte[] entry, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, entry, at, bytes.length);
  }
}
