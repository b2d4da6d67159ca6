package io.facepipeline.image.jpeg;

import io.facepipeline.image.ByteView;
import org.jspecify.annotations.Nullable;

/** A Huffman table of a JPEG. */
final class JpegCodes {
  private static final int QUICK_BITS = 10;
  private static final int LONGEST = 16;

  /** By the next ten bits: a code's length times 256 and its value; 0 if the code is longer. */
  private final short[] quick = new short[1 << QUICK_BITS];

  /** By length: the first value of 16 bits that no code of this length or less begins. */
  private final int[] limits = new int[LONGEST + 1];

  /** By length: what to add to a code for its place among the values. */
  private final int[] offsets = new int[LONGEST + 1];

  private final byte[] values;

  private JpegCodes(byte[] values) {
    this.values = values;
  }

  /** Returns the table that starts so, or null if it breaks the rules of codes. */
  static @Nullable JpegCodes of(ByteView body, long at) {
    int total = 0;
    for (int length = 1; length <= LONGEST; length++) {
      total += body.u8(at + length - 1);
    }
    if (total > 256 || !body.has(at + LONGEST, total)) {
      return null;
    }
    byte[] values = new byte[total];
    for (int i = 0; i < total; i++) {
      values[i] = (byte) body.u8(at + LONGEST + i);
    }
    JpegCodes codes = new JpegCodes(values);
    int code = 0;
    int place = 0;
    for (int length = 1; length <= LONGEST; length++) {
      int count = body.u8(at + length - 1);
      codes.offsets[length] = place - code;
      for (int i = 0; i < count; i++, code++, place++) {
        codes.fillQuick(code, length, place);
      }
      if (code > 1 << length) {
        return null;
      }
      codes.limits[length] = code << (LONGEST - length);
      code <<= 1;
    }
    return codes;
  }

  private void fillQuick(int code, int length, int place) {
    if (length <= QUICK_BITS && code < 1 << length) {
      int first = code << (QUICK_BITS - length);
      short entry = (short) (length << 8 | (values[place] & 0xFF));
      java.util.Arrays.fill(quick, first, first + (1 << (QUICK_BITS - length)), entry);
    }
  }

  /** Reads a value, or returns -1 where the bits are no code. */
  int read(JpegBits bits) {
    int next = bits.peek16();
    int entry = quick[next >>> (LONGEST - QUICK_BITS)];
    if (entry != 0) {
      bits.skip(entry >>> 8);
      return entry & 0xFF;
    }
    for (int length = QUICK_BITS + 1; length <= LONGEST; length++) {
      if (next < limits[length]) {
        bits.skip(length);
        return values[(next >>> (LONGEST - length)) + offsets[length]] & 0xFF;
      }
    }
    return -1;
  }
}
