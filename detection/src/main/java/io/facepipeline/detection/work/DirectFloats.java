package io.facepipeline.detection.work;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Floats that the runtime can read and write in place; grows to the most it had to hold. */
public final class DirectFloats {
  private FloatBuffer floats = direct(0);

  /** {@return room for so many, from position 0 to the limit; the same memory each time} */
  public FloatBuffer room(int count) {
    if (floats.capacity() < count) {
      floats = direct(count);
    }
    return floats.clear().limit(count);
  }

  private static FloatBuffer direct(int count) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(count, Float.BYTES))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }
}
