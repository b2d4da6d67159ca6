package io.facepipeline.image.jpeg;

/**
 * The bits of one scan's coded pixels, without the bytes that are stuffed behind 0xFF. Behind the
 * data, at a marker or at the file's end, zeros come, and {@link #exhausted} tells so.
 */
final class JpegBits {
  private static final int MOST_AT_ONCE = 32;

  private final byte[] bytes;
  private int at;
  private long held;

  /** How many of the held bits are there; below zero, so many zeros were made up. */
  private int count;

  private boolean stopped;

  JpegBits(byte[] bytes, int at) {
    this.bytes = bytes;
    this.at = at;
  }

  /** Makes at least 32 bits available, zeros where the data have ended. */
  private void fill() {
    while (count <= MOST_AT_ONCE && !stopped) {
      if (at >= bytes.length) {
        stopped = true;
        return;
      }
      int next = bytes[at] & 0xFF;
      if (next == 0xFF) {
        if (at + 1 >= bytes.length || bytes[at + 1] != 0) {
          stopped = true;
          return;
        }
        at++;
      }
      at++;
      held = held << 8 | next;
      count += 8;
    }
  }

  /** Shows the next 16 bits. */
  int peek16() {
    if (count < MOST_AT_ONCE) {
      fill();
    }
    return (int) (count >= 16 ? held >>> (count - 16) : shifted(16)) & 0xFFFF;
  }

  private long shifted(int bits) {
    // What is missing counts as zeros, as in libjpeg.
    return count <= 0 ? 0 : (held & ((1L << count) - 1)) << (bits - count);
  }

  /** Passes over up to 16 bits that were shown. */
  void skip(int bits) {
    count -= bits;
  }

  /** Passes over any number of bits. */
  void skipMany(int bits) {
    int left = bits;
    while (left > 0) {
      peek16();
      int step = Math.min(left, 16);
      skip(step);
      left -= step;
    }
  }

  /** Reads up to 16 bits. */
  int read(int bits) {
    int value = bits == 0 ? 0 : peek16() >>> (16 - bits);
    skip(bits);
    return value;
  }

  /** Whether more bits were read than there are. */
  boolean exhausted() {
    return count < 0;
  }

  /** Whether the data have ended at something else than a restart marker. */
  boolean cut() {
    fill();
    return stopped
        && (at + 1 >= bytes.length
            || (bytes[at + 1] & 0xFF) < 0xD0
            || (bytes[at + 1] & 0xFF) > 0xD7);
  }

  /** Whether nothing but the padding of the last byte is left in front of a marker. */
  boolean atEnd() {
    fill();
    return stopped && count >= 0 && count < 8 && at + 1 < bytes.length;
  }

  /** Passes over a restart marker; returns whether the expected one was there. */
  boolean restart(int number) {
    boolean expected = atEnd() && (bytes[at + 1] & 0xFF) == 0xD0 + number;
    if (expected) {
      at += 2;
      held = 0;
      count = 0;
      stopped = false;
    }
    return expected;
  }
}
