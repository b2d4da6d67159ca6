package io.facepipeline.detection.mtcnn.cascade;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** What one task of the cascade works in; kept for the next. Not thread-safe. */
final class Scratch {
  final AreaStrip resampler = new AreaStrip();
  private FloatBuffer input = direct(0);
  private FloatBuffer heads = direct(0);

  /** Room for a network's input, from position 0 to the limit. */
  FloatBuffer input(int floats) {
    if (input.capacity() < floats) {
      input = direct(floats);
    }
    return input.clear().limit(floats);
  }

  /** Room for a network's output, from position 0 to the limit. */
  FloatBuffer heads(int floats) {
    if (heads.capacity() < floats) {
      heads = direct(floats);
    }
    return heads.clear().limit(floats);
  }

  private static FloatBuffer direct(int floats) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(floats, Float.BYTES))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }
}
