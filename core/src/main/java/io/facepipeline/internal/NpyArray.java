package io.facepipeline.internal;

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
 * The header of a file of {@code numpy.save}: a magic string, a version, the length of a Python
 * dict literal, and the literal. What follows are the elements. See {@code numpy/lib/format.py},
 * whose versions 1.0, 2.0 and 3.0 are read; 1.0 is written, which every NumPy reads.
 *
 * @param type the type, such as {@code <f4}
 * @param columnMajor whether the first index changes fastest, as in Fortran
 * @param shape the lengths, such as {@code (3, 512)} or {@code ()}
 */
public record NpyArray(String type, boolean columnMajor, List<Long> shape) {
  /** Single floats, low byte first. */
  public static final String FLOATS = "<f4";

  /** Whole numbers of 64 bits, low byte first. */
  public static final String LONGS = "<i8";

  /** Bytes, 0 to 255. */
  public static final String BYTES = "|u1";

  /** The most code points that {@link #width} reads. */
  public static final int MAX_WIDTH = 999_999;

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT = 64;
  private static final int MAX_HEADER = 1 << 16;
  private static final Charset UTF_32 = Charset.forName("UTF-32LE");

  private static final Pattern TYPE =
      Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([^'\"]{1,16})['\"]");
  private static final Pattern ORDER =
      Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([0-9L, ]*)\\)");

  /** A header that is none, or one of what this library does not read; the message says which. */
  public static final class FormatException extends IOException {
    private static final long serialVersionUID = 1;

    FormatException(String message) {
      super(message);
    }
  }

  /** The bytes of a file, in order. */
  @FunctionalInterface
  public interface Source {
    /**
     * Reads the next bytes.
     *
     * @throws IOException if there are not so many
     */
    byte[] next(int length) throws IOException;
  }

  /** An array whose last index changes fastest. */
  public NpyArray(String type, List<Long> shape) {
    this(type, false, shape);
  }

  /** Copies the shape. */
  public NpyArray {
    shape = List.copyOf(shape);
  }

  /**
   * The number of elements.
   *
   * @throws ArithmeticException if it exceeds a long
   */
  public long elements() {
    return shape.contains(0L) ? 0 : shape.stream().reduce(1L, Math::multiplyExact);
  }

  /** The number of code points of a string of type {@code <U}, or -1 for another type. */
  public int width() {
    return type.matches("<U[0-9]{1,6}") ? Integer.parseInt(type.substring(2)) : -1;
  }

  /** Writes the header. */
  public void write(OutputStream out) throws IOException {
    StringBuilder lengths = new StringBuilder();
    for (long length : shape) {
      lengths.append(length).append(shape.size() == 1 ? "," : ", ");
    }
    String text = lengths.toString().replaceAll(", $", "");
    String header =
        "{'descr': '"
            + type
            + "', 'fortran_order': "
            + (columnMajor ? "True" : "False")
            + ", 'shape': ("
            + text
            + "), }";
    int unpadded = MAGIC.length + 4 + header.length() + 1;
    int padding = (ALIGNMENT - unpadded % ALIGNMENT) % ALIGNMENT;
    byte[] padded = (header + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
    out.write(MAGIC);
    out.write(new byte[] {1, 0, (byte) padded.length, (byte) (padded.length >> 8)});
    out.write(padded);
  }

  /**
   * Reads a header; what follows are the elements.
   *
   * @throws FormatException if it is no header, or one of another version or of records
   */
  public static NpyArray read(Source in) throws IOException {
    if (!Arrays.equals(in.next(MAGIC.length), MAGIC)) {
      throw new FormatException("is not in NumPy's array format");
    }
    byte[] version = in.next(2);
    int major = version[0];
    if (major < 1 || major > 3) {
      throw new FormatException(
          "has version "
              + Byte.toUnsignedInt(version[0])
              + "."
              + Byte.toUnsignedInt(version[1])
              + " of the NumPy format; this library reads 1.0 to 3.0");
    }
    long length =
        major == 1
            ? Short.toUnsignedInt(little(in.next(Short.BYTES)).getShort())
            : Integer.toUnsignedLong(little(in.next(Integer.BYTES)).getInt());
    if (length > MAX_HEADER) {
      throw new FormatException(
          "has a NumPy header of "
              + length
              + " bytes, more than any array needs: the file is damaged");
    }
    String header =
        new String(
            in.next((int) length),
            major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    return new NpyArray(
        field(header, TYPE, "descr"),
        field(header, ORDER, "fortran_order").equals("True"),
        shape(field(header, SHAPE, "shape")));
  }

  /** Reads a header from a stream. */
  public static NpyArray read(DataInputStream in) throws IOException {
    return read(
        (int length) -> {
          byte[] bytes = in.readNBytes(length);
          if (bytes.length < length) {
            throw new EOFException("ends in the middle of a header");
          }
          return bytes;
        });
  }

  private static String field(String header, Pattern pattern, String name) throws FormatException {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw new FormatException(
          "has no simple \""
              + name
              + "\" in its NumPy header; this library reads plain arrays, not records: convert it"
              + " first");
    }
    return matcher.group(1);
  }

  private static List<Long> shape(String text) throws FormatException {
    List<Long> shape = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      // Python 2 wrote its long integers with an L.
      String length = part.strip().replaceFirst("L$", "");
      if (!length.isEmpty()) {
        try {
          shape.add(Long.parseLong(length));
        } catch (NumberFormatException e) {
          FormatException impossible =
              new FormatException(
                  "has a shape with a length that is not 0 to 2^63-1: the file is damaged");
          impossible.initCause(e);
          throw impossible;
        }
      }
    }
    return shape;
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The type of strings of so many code points at most. */
  public static String stringType(int codePoints) {
    return "<U" + Math.max(1, codePoints);
  }

  /** The width of the longest of some strings in code points, at least 1. */
  public static int widthOf(List<String> strings) {
    return Math.max(
        1, strings.stream().mapToInt(s -> s.codePointCount(0, s.length())).max().orElse(1));
  }

  /** Writes a string, filled up with zeros to its array's width. */
  public static void writeString(OutputStream out, String text, int width) throws IOException {
    out.write(Arrays.copyOf(text.getBytes(UTF_32), width * Integer.BYTES));
  }

  /** Reads a string of an array's width. */
  public static String readString(DataInputStream in, int width) throws IOException {
    byte[] bytes = in.readNBytes(width * Integer.BYTES);
    if (bytes.length < width * Integer.BYTES) {
      throw new EOFException("ends in the middle of a string");
    }
    ByteBuffer points = little(bytes);
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
