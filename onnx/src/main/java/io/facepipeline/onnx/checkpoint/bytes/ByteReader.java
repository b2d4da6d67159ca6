package io.facepipeline.onnx.checkpoint.bytes;

import io.facepipeline.onnx.MalformedModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a region of a file in order, buffered; every length is checked against what is left before
 * it is allocated.
 */
public final class ByteReader {
  private static final int CHUNK = 1 << 13;

  private final CheckpointFile file;
  private final long start;
  private final long end;
  private byte[] buffer = new byte[0];
  private long bufferStart;
  private long position;

  public ByteReader(CheckpointFile file, long start, long end) {
    this.file = file;
    this.start = start;
    this.end = end;
    this.bufferStart = start;
    this.position = start;
  }

  public CheckpointFile file() {
    return file;
  }

  /** The position in the file, not in the region. */
  public long position() {
    return position;
  }

  public long remaining() {
    return end - position;
  }

  long length() {
    return end - start;
  }

  public MalformedModelException problem(String problem) {
    return file.problem(problem + " (near byte " + position + ")");
  }

  public int u1() throws IOException {
    if (position >= end) {
      throw problem("ends in the middle of its data: the file is truncated or damaged");
    }
    if (position - bufferStart >= buffer.length) {
      buffer = file.read(position, Math.min(CHUNK, end - position), "the data");
      bufferStart = position;
    }
    return buffer[(int) (position++ - bufferStart)] & 0xff;
  }

  public int u2() throws IOException {
    return u1() | u1() << 8;
  }

  public int i4() throws IOException {
    return u2() | u2() << 16;
  }

  public long u4() throws IOException {
    return i4() & 0xffffffffL;
  }

  public long i8() throws IOException {
    return u4() | (long) i4() << 32;
  }

  public byte[] bytes(long length) throws IOException {
    if (length < 0 || length > remaining()) {
      throw problem(
          "claims "
              + Long.toUnsignedString(length)
              + " bytes where "
              + remaining()
              + " are left: the file is truncated or damaged");
    }
    long inBuffer = buffer.length - (position - bufferStart);
    byte[] bytes;
    if (length <= inBuffer) {
      bytes = new byte[(int) length];
      System.arraycopy(buffer, (int) (position - bufferStart), bytes, 0, bytes.length);
    } else {
      bytes = file.read(position, length, "the data");
    }
    position += length;
    return bytes;
  }

  public void skip(long length) {
    if (length < 0 || length > remaining()) {
      throw problem(
          "claims "
              + length
              + " bytes where "
              + remaining()
              + " are left: the file is truncated or damaged");
    }
    position += length;
  }

  /** Latin-1 text up to a newline, which is consumed and not returned. */
  public String line(int maxLength) throws IOException {
    byte[] line = new byte[Math.min(maxLength, 64)];
    int length = 0;
    for (int b = u1(); b != '\n'; b = u1()) {
      if (length == maxLength) {
        throw problem("has a line of more than " + maxLength + " bytes: the file is damaged");
      }
      if (length == line.length) {
        line = Arrays.copyOf(line, Math.min(maxLength, length * 2));
      }
      line[length++] = (byte) b;
    }
    return new String(line, 0, length, StandardCharsets.ISO_8859_1);
  }
}
