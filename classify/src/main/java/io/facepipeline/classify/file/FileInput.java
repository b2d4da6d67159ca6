package io.facepipeline.classify.file;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads what {@link FileOutput} wrote. A count is believed only as far as there are bytes left, so
 * that a wrong one asks for no memory.
 */
public final class FileInput {
  private final ByteBuffer bytes;

  public FileInput(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /** The bytes are not what they should be. Whoever reads a file says of which one. */
  static final class Malformed extends RuntimeException {
    Malformed(String message) {
      super(message, null, false, false);
    }
  }

  void require(boolean holds, String what) {
    if (!holds) {
      throw new Malformed("it lacks " + what);
    }
  }

  private void requireBytes(long count) {
    if (count < 0 || count > bytes.remaining()) {
      throw new Malformed(
          "it announces "
              + count
              + " bytes, but there are "
              + bytes.remaining()
              + " at byte "
              + bytes.position());
    }
  }

  int integer() {
    requireBytes(Integer.BYTES);
    return bytes.getInt();
  }

  long longInteger() {
    requireBytes(Long.BYTES);
    return bytes.getLong();
  }

  double number() {
    requireBytes(Double.BYTES);
    double value = bytes.getDouble();
    require(Double.isFinite(value), "finite numbers");
    return value;
  }

  float smallNumber() {
    requireBytes(Float.BYTES);
    float value = bytes.getFloat();
    require(Float.isFinite(value), "finite numbers");
    return value;
  }

  String text() {
    int length = integer();
    requireBytes(length);
    ByteBuffer part = bytes.slice().limit(length);
    bytes.position(bytes.position() + length);
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(part);
      return text.toString();
    } catch (CharacterCodingException e) {
      throw new Malformed("a text in it is not UTF-8: " + e.getMessage());
    }
  }

  /** How many things follow, each of at least some bytes. */
  public int count(int bytesEach) {
    int count = integer();
    requireBytes((long) count * bytesEach);
    return count;
  }

  public float[] floats(int count) {
    requireBytes((long) count * Float.BYTES);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = smallNumber();
    }
    return values;
  }

  int[] integers(int count) {
    requireBytes((long) count * Integer.BYTES);
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = bytes.getInt();
    }
    return values;
  }

  float[][] rows() {
    int count = integer();
    int length = integer();
    require(count > 0 && length > 0, "a non-empty matrix");
    requireBytes(Math.multiplyFull(count, length));
    requireBytes((long) count * length * Float.BYTES);
    float[][] rows = new float[count][];
    for (int i = 0; i < count; i++) {
      rows[i] = floats(length);
    }
    return rows;
  }

  void requireEnd() {
    require(!bytes.hasRemaining(), "an end at the expected byte");
  }
}
