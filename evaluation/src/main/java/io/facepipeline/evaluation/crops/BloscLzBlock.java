package io.facepipeline.evaluation.crops;

/**
 * Decompresses a block of BloscLZ, Blosc's form of FastLZ (github.com/Blosc/c-blosc, {@code
 * blosc/blosclz.c}). Nothing is read or written outside the given parts.
 */
final class BloscLzBlock {
  private static final int SHORTEST_MATCH = 3;
  private static final int LONG_LENGTH = 6;
  private static final int FAR = 31 << 8;
  private static final int NEAREST_FAR = 8191;

  private final byte[] in;
  private int at;
  private final int end;

  private BloscLzBlock(byte[] in, int from, int end) {
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
    return new BloscLzBlock(in, from, end).decompress(out, start, limit) - start;
  }

  private int decompress(byte[] out, int start, int limit) {
    int to = start;
    // The upper bits of the first byte tell the level, not a length.
    int control = next() & 31;
    while (true) {
      if (control >= 32) {
        int length = (control >>> 5) - 1;
        int high = (control & 31) << 8;
        if (length == LONG_LENGTH) {
          int more;
          do {
            more = next();
            length = Math.addExact(length, more);
          } while (more == 0xff);
        }
        int low = next();
        int distance = high + low + 1;
        if (low == 0xff && high == FAR) {
          distance = (next() << 8) + next() + NEAREST_FAR + 1;
        }
        to =
            Lz4Block.repeat(out, start, to, limit, distance, Math.addExact(length, SHORTEST_MATCH));
      } else {
        int literals = control + 1;
        if (literals > end - at || literals > limit - to) {
          throw new IndexOutOfBoundsException("literals beyond the end");
        }
        System.arraycopy(in, at, out, to, literals);
        at += literals;
        to += literals;
      }
      if (at >= end) {
        return to;
      }
      control = next();
    }
  }

  private int next() {
    if (at >= end) {
      throw new IndexOutOfBoundsException("the block ends too early");
    }
    return in[at++] & 0xff;
  }
}
