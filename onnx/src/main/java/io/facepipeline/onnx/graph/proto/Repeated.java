package io.facepipeline.onnx.graph.proto;

import java.util.Arrays;

/**
 * The numbers of a repeated field; grows in linear time however the file cuts them up. Not
 * thread-safe.
 */
final class Repeated {
  private long[] bits = new long[0];
  private int count;

  void add(long value) {
    if (count == bits.length) {
      bits = Arrays.copyOf(bits, Math.max(8, 2 * count));
    }
    bits[count++] = value;
  }

  void add(float value) {
    add((long) Float.floatToRawIntBits(value));
  }

  long[] longs() {
    return Arrays.copyOf(bits, count);
  }

  float[] floats() {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = Float.intBitsToFloat((int) bits[i]);
    }
    return values;
  }
}
