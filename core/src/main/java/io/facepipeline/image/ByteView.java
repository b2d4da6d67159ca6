package io.facepipeline.image;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * A bounds-checked window on encoded bytes. Offsets are longs relative to the window, because they
 * come out of files and may be anything up to 2^32; reading outside the window is an {@link
 * IndexOutOfBoundsException}.
 */
public final class ByteView {
  private final byte[] bytes;
  private final int start;
  private final int length;
  private final boolean littleEndian;

  private ByteView(byte[] bytes, int start, int length, boolean littleEndian) {
    this.bytes = bytes;
    this.start = start;
    this.length = length;
    this.littleEndian = littleEndian;
  }

  public static ByteView bigEndian(byte[] bytes) {
    return new ByteView(bytes, 0, bytes.length, false);
  }

  static ByteView littleEndian(byte[] bytes) {
    return new ByteView(bytes, 0, bytes.length, true);
  }

  /** Returns the same bytes read with another byte order. */
  ByteView withOrder(boolean little) {
    return new ByteView(bytes, start, length, little);
  }

  /** Returns a window on a part of this window, cut where this window ends. */
  public ByteView slice(long offset, long size) {
    if (offset < 0 || offset > length || size < 0) {
      throw new IndexOutOfBoundsException("offset " + offset + " is outside " + length + " bytes");
    }
    int cut = (int) Math.min(size, length - offset);
    return new ByteView(bytes, start + (int) offset, cut, littleEndian);
  }

  public int length() {
    return length;
  }

  public boolean has(long offset, long count) {
    return offset >= 0 && count >= 0 && offset <= length && count <= length - offset;
  }

  public int u8(long offset) {
    if (!has(offset, 1)) {
      throw new IndexOutOfBoundsException("offset " + offset + " is outside " + length + " bytes");
    }
    return bytes[start + (int) offset] & 0xFF;
  }

  public int u16(long offset) {
    int first = u8(offset);
    int second = u8(offset + 1);
    return littleEndian ? second << 8 | first : first << 8 | second;
  }

  long u32(long offset) {
    long first = u16(offset);
    long second = u16(offset + 2);
    return littleEndian ? second << 16 | first : first << 16 | second;
  }

  int i32(long offset) {
    return (int) u32(offset);
  }

  byte[] toArray() {
    return Arrays.copyOfRange(bytes, start, start + length);
  }

  void copyTo(ByteArrayOutputStream out) {
    out.write(bytes, start, length);
  }

  /**
   * Returns the index of the first JPEG marker that is not a restart marker, or the length if there
   * is none.
   */
  public long indexOfMarker(long from) {
    int end = start + length - 1;
    for (int i = start + (int) Math.min(from, length); i < end; i++) {
      if (bytes[i] == (byte) 0xFF) {
        int next = bytes[i + 1] & 0xFF;
        if (next != 0 && next != 0xFF && (next < 0xD0 || next > 0xD7)) {
          return (long) i - start;
        }
      }
    }
    return length;
  }

  /** Tells whether the ASCII text stands at the offset. */
  public boolean matches(long offset, String ascii) {
    if (!has(offset, ascii.length())) {
      return false;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if (u8(offset + i) != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
