package io.facepipeline.gallery.transfer;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipException;

/**
 * The header of NumPy's array format, version 1.0, and its strings; see {@code
 * numpy/lib/format.py}.
 *
 * @param type the type, such as {@code <f4}
 * @param shape the lengths, such as {@code (3, 512)} or {@code ()}
 */
public record NpyArray(String type, List<Long> shape) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final int ALIGNMENT = 64;

  /** The most code points that {@link #width} reads. */
  static final int MAX_WIDTH = 999_999;

  private static final Charset UTF_32 = Charset.forName("UTF-32LE");
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{'descr': '([^']+)', 'fortran_order': (True|False), 'shape': \\(([0-9, ]*)\\), \\}"
              + " *\n");

  long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /** The number of code points of a string of type {@code <U}, or -1 for another type. */
  int width() {
    return type.matches("<U[0-9]{1,6}") ? Integer.parseInt(type.substring(2)) : -1;
  }

  public void write(OutputStream out) throws IOException {
    StringBuilder lengths = new StringBuilder();
    for (long length : shape) {
      lengths.append(length).append(shape.size() == 1 ? "," : ", ");
    }
    String text = lengths.toString().replaceAll(", $", "");
    String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + text + "), }";
    int unpadded = MAGIC.length + 2 + header.length() + 1;
    int padding = (ALIGNMENT - unpadded % ALIGNMENT) % ALIGNMENT;
    byte[] padded = (header + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
    out.write(MAGIC);
    out.write(padded.length & 0xff);
    out.write(padded.length >> 8);
    out.write(padded);
  }

  /** Reads a header; what follows are the elements, row by row. */
  static NpyArray read(DataInputStream in) throws IOException {
    byte[] magic = in.readNBytes(MAGIC.length);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new IOException("is not in version 1.0 of NumPy's array format");
    }
    int length = Short.toUnsignedInt(Short.reverseBytes(in.readShort()));
    String header = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.matches() || matcher.group(2).equals("True")) {
      throw new IOException("must have the header of a plain array in C order, got: " + header);
    }
    List<Long> shape = new ArrayList<>();
    for (String part : matcher.group(3).split(",", -1)) {
      if (!part.isBlank()) {
        try {
          shape.add(Long.parseLong(part.strip()));
        } catch (NumberFormatException e) {
          throw new IOException("has an impossible length: " + part, e);
        }
      }
    }
    return new NpyArray(matcher.group(1), List.copyOf(shape));
  }

  /** The type of strings of so many code points at most. */
  public static String stringType(int codePoints) {
    return "<U" + Math.max(1, codePoints);
  }

  public static void writeString(OutputStream out, String text, int width) throws IOException {
    out.write(Arrays.copyOf(text.getBytes(UTF_32), width * Integer.BYTES));
  }

  static String readString(DataInputStream in, int width) throws IOException {
    byte[] bytes = in.readNBytes(width * Integer.BYTES);
    if (bytes.length < width * Integer.BYTES) {
      throw new EOFException("ends in the middle of a string");
    }
    ByteBuffer points = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int length = width;
    while (length > 0 && points.getInt((length - 1) * Integer.BYTES) == 0) {
      length--;
    }
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      int point = points.getInt(i * Integer.BYTES);
      if (!Character.isValidCodePoint(point) || Character.getType(point) == Character.SURROGATE) {
        throw new ZipException(
            String.format("holds a string with 0x%X, which is not a character", point));
      }
      // Not Java's UTF-32 decoder, which takes a leading U+FEFF for a byte order mark.
      text.appendCodePoint(point);
    }
    return text.toString();
  }
}
