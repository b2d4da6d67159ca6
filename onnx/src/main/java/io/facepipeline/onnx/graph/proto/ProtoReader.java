package io.facepipeline.onnx.graph.proto;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.graph.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads Protocol Buffers' wire format (<a
 * href="https://protobuf.dev/programming-guides/encoding/">encoding</a>). Every read is checked
 * against the end of the message; what does not fit is a {@link MalformedModelException}. Not
 * thread-safe.
 */
final class ProtoReader {
  private final byte[] data;
  private final int limit;
  private int position;
  private int fieldStart;
  private int field;
  private int wireType;

  ProtoReader(byte[] data) {
    this(data, 0, data.length);
  }

  private ProtoReader(byte[] data, int position, int limit) {
    this.data = data;
    this.position = position;
    this.limit = limit;
  }

  /** A second reader of this message, from where this one stands. */
  ProtoReader copy() {
    ProtoReader copy = new ProtoReader(data, position, limit);
    copy.fieldStart = fieldStart;
    copy.field = field;
    copy.wireType = wireType;
    return copy;
  }

  /** Moves to the next field's value; false at the end of the message. */
  boolean next() {
    if (position == limit) {
      return false;
    }
    fieldStart = position;
    long tag = varint();
    field = (int) (tag >>> 3);
    wireType = (int) (tag & 7);
    if (tag >>> 32 != 0 || field == 0) {
      throw malformed("field tag " + tag + " is not one");
    }
    return true;
  }

  int field() {
    return field;
  }

  long integer() {
    expect(ProtoWriter.VARINT);
    return varint();
  }

  int smallInteger() {
    long value = integer();
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw malformed("field " + field + " is " + value + ", which is not a small count or code");
    }
    return (int) value;
  }

  float real() {
    expect(ProtoWriter.FIXED32);
    return Float.intBitsToFloat(fixed32());
  }

  byte[] bytes() {
    ProtoReader span = message();
    return Arrays.copyOfRange(data, span.position, span.limit);
  }

  String text() {
    byte[] bytes = bytes();
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedModelException(
          "the string in field "
              + field
              + " that ends at byte "
              + position
              + " of the model is not UTF-8; fetch or export the model again",
          e);
    }
  }

  ProtoReader message() {
    expect(ProtoWriter.LENGTH);
    long length = varint();
    if (length < 0 || length > limit - position) {
      throw malformed(
          "field "
              + field
              + " claims "
              + length
              + " bytes where "
              + (limit - position)
              + " are left");
    }
    int start = position;
    position += (int) length;
    return new ProtoReader(data, start, position);
  }

  /** Adds the integers of a repeated field, packed or not. */
  void integers(Repeated target) {
    if (wireType == ProtoWriter.VARINT) {
      target.add(varint());
      return;
    }
    ProtoReader packed = message();
    while (packed.position < packed.limit) {
      target.add(packed.varint());
    }
  }

  /** Adds the floats of a repeated field, packed or not. */
  void reals(Repeated target) {
    if (wireType == ProtoWriter.FIXED32) {
      target.add(real());
      return;
    }
    for (float value : message().floatsToEnd()) {
      target.add(value);
    }
  }

  /** The rest of this message as little-endian floats. */
  float[] floatsToEnd() {
    int length = limit - position;
    if (length % 4 != 0) {
      throw malformed(length + " bytes are not a whole number of floats");
    }
    float[] values = new float[length / 4];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(fixed32());
    }
    return values;
  }

  /** The rest of this message as little-endian longs. */
  long[] longsToEnd() {
    int length = limit - position;
    if (length % 8 != 0) {
      throw malformed(length + " bytes are not a whole number of int64s");
    }
    long[] values = new long[length / 8];
    for (int i = 0; i < values.length; i++) {
      long low = fixed32() & 0xFFFFFFFFL;
      values[i] = low | ((long) fixed32() << 32);
    }
    return values;
  }

  /** Passes over the current field and gives it as it stands, tag included. */
  Bytes rawField() {
    skip();
    return new Bytes(Arrays.copyOfRange(data, fieldStart, position));
  }

  private void skip() {
    switch (wireType) {
      case ProtoWriter.VARINT -> varint();
      case ProtoWriter.FIXED64 -> advance(8);
      case ProtoWriter.LENGTH -> message();
      case ProtoWriter.FIXED32 -> advance(4);
      default -> throw malformed("field " + field + " has the unknown wire type " + wireType);
    }
  }

  private void expect(int wanted) {
    if (wireType != wanted) {
      throw malformed(
          "field " + field + " has wire type " + wireType + " where " + wanted + " is needed");
    }
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      advance(1);
      byte b = data[position - 1];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw malformed("a number runs over more than 10 bytes");
  }

  private int fixed32() {
    advance(4);
    int p = position - 4;
    return (data[p] & 0xFF)
        | (data[p + 1] & 0xFF) << 8
        | (data[p + 2] & 0xFF) << 16
        | (data[p + 3] & 0xFF) << 24;
  }

  private void advance(int count) {
    if (count > limit - position) {
      throw malformed("the message ends in the middle of a field");
    }
    position += count;
  }

  private MalformedModelException malformed(String what) {
    return new MalformedModelException(
        what
            + " at byte "
            + position
            + " of the model ("
            + data.length
            + " bytes); the file is cut short, damaged or not ONNX: fetch or export it again");
  }
}
