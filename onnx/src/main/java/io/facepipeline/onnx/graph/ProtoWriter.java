package io.facepipeline.onnx.graph;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Writes Protocol Buffers' wire format (<a
 * href="https://protobuf.dev/programming-guides/encoding/">encoding</a>). Not thread-safe.
 */
final class ProtoWriter {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int LENGTH = 2;
  static final int FIXED32 = 5;

  private byte[] buffer = new byte[256];
  private int size;

  byte[] toByteArray() {
    return Arrays.copyOf(buffer, size);
  }

  void integer(int field, long value) {
    tag(field, VARINT);
    varint(value);
  }

  void real(int field, float value) {
    tag(field, FIXED32);
    fixed32(Float.floatToRawIntBits(value));
  }

  void text(int field, String value) {
    bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  void bytes(int field, byte[] value) {
    tag(field, LENGTH);
    varint(value.length);
    append(value, value.length);
  }

  void message(int field, Consumer<ProtoWriter> content) {
    ProtoWriter nested = new ProtoWriter();
    content.accept(nested);
    tag(field, LENGTH);
    varint(nested.size);
    append(nested.buffer, nested.size);
  }

  /** Floats as a little-endian byte string, as TensorProto.raw_data wants them. */
  void littleEndian(int field, float[] values) {
    tag(field, LENGTH);
    varint(Math.multiplyExact(4, values.length));
    for (float v : values) {
      fixed32(Float.floatToRawIntBits(v));
    }
  }

  /** Longs as a little-endian byte string, as TensorProto.raw_data wants them. */
  void littleEndian(int field, long[] values) {
    tag(field, LENGTH);
    varint(Math.multiplyExact(8, values.length));
    for (long v : values) {
      fixed32((int) v);
      fixed32((int) (v >>> 32));
    }
  }

  /** Whole fields, tags included. */
  void raw(Bytes fields) {
    append(fields.toArray(), fields.length());
  }

  private void tag(int field, int wireType) {
    varint(((long) field << 3) | wireType);
  }

  private void varint(long value) {
    room(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      buffer[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    buffer[size++] = (byte) rest;
  }

  private void fixed32(int bits) {
    room(4);
    for (int shift = 0; shift < 32; shift += 8) {
      buffer[size++] = (byte) (bits >>> shift);
    }
  }

  private void append(byte[] source, int length) {
    room(length);
    System.arraycopy(source, 0, buffer, size, length);
    size += length;
  }

  private void room(int more) {
    long needed = (long) size + more;
    if (needed > Integer.MAX_VALUE - 16) {
      throw new IllegalStateException(
          "a model is limited to 2 GiB by Protocol Buffers but this one needs "
              + needed
              + " bytes; use fewer weights");
    }
    if (needed > buffer.length) {
      buffer =
          Arrays.copyOf(
              buffer, (int) Math.min(Integer.MAX_VALUE - 16, Math.max(needed, 2L * buffer.length)));
    }
  }
}
