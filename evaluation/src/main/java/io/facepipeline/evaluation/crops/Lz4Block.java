package io.facepipeline.evaluation.crops;

import java.util.Arrays;

/**
 * Decompresses a block of LZ4 (github.com/lz4/lz4, {@code doc/lz4_Block_format.md}). Nothing is
 * read or written outside the given parts.
 */
final class Lz4Block {
  private static final int SHORTEST_MATCH = 4;
  private static final int LONG_LENGTH = 15;

  private final byte[] in;
  private int at;
  private final int end;

  private Lz4Block(byte[] in, int from, int end) {
    this.in = in;
    this.at = from;
    this.end = end;
  }

  /**
   * Decompresses a block.
   *
   * @param in holds the block from {@code from} to {@code end}
   * @param out takes its content from {@code start} to {@code limit}
   * @return how many bytes it has
   * @throws IndexOutOfBoundsException if it is damaged, or has more
   */
  static int decompress(byte[] in, int from, int end, byte[] out, int start, int limit) {
    return new Lz4Block(in, from, end).decompress(out, start, limit) - start;
  }

  private int decompress(byte[] out, int start, int limit) {
    int to = start;
    while (at < end) {
      int token = next();
      int literals = length(token >>> 4);
      if (literals > end - at || literals > limit - to) {
        throw new IndexOutOfBoundsException("literals beyond the end");
      }
      System.arraycopy(in, at, out, to, literals);
      at += literals;
      to += literals;
      if (at == end) {
        break;
      }
      int distance = next() | next() << 8;
      int length = length(token & LONG_LENGTH) + SHORTEST_MATCH;
      to = repeat(out, start, to, limit, distance, length);
    }
    return to;
  }

  private int next() {
    if (at >= end) {
      throw new IndexOutOfBoundsException("the block ends too early");
    }
    return in[at++] & 0xff;
  }

  private int length(int first) {
    int length = first;
    if (first == LONG_LENGTH) {
      int more;
      do {
        more = next();
        length = Math.addExact(length, more);
      } while (more == 0xff);
    }
    return length;
  }

  /**
   * Repeats what was written some bytes before; both may overlap.
   *
   * @return the end of what is written now
   */
  static int repeat(byte[] out, int start, int to, int limit, int distance, int length) {
    if (distance < 1 || distance > to - start || length > limit - to) {
      throw new IndexOutOfBoundsException(
          "a repetition of what was not written, or beyond the end");
    }
    if (distance == 1) {
      Arrays.fill(out, to, to + length, out[to - 1]);
    } else if (distance >= length) {
      System.arraycopy(out, to - distance, out, to, length);
    } else {
      for (int i = to; i < to + length; i++) {
        out[i] = out[i - distance];
      }
    }
    return to + length;
  }
}
