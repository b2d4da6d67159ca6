package io.facepipeline.jdbc;

import io.facepipeline.gallery.memory.EmbeddingBlocks;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Vectors as they stand in the database, float32 in little-endian order, and in memory. */
final class FaceVectors {
  private final int dimensions;
  private float[] values;
  private int used;

  FaceVectors(int dimensions) {
    this.dimensions = dimensions;
    values = new float[0]; // however large a number stands in the tables
  }

  static byte[] bytes(float[] vectors, int offset, int dimensions) {
    ByteBuffer bytes = ByteBuffer.allocate(dimensions * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vectors, offset, dimensions);
    return bytes.array();
  }

  /** Adds a vector and says so, unless its length or its numbers are not those of a face. */
  boolean add(byte[] vector) {
    if (vector.length != dimensions * Float.BYTES) {
      return false;
    }
    FloatBuffer floats = ByteBuffer.wrap(vector).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    if (!EmbeddingBlocks.areUnit(floats.duplicate(), dimensions)) {
      return false;
    }
    if (used + dimensions > values.length) {
      values = Arrays.copyOf(values, Math.max(used + dimensions, 2 * values.length));
    }
    floats.get(values, used, dimensions);
    used += dimensions;
    return true;
  }

  /** What was added, one after the other; from here on it begins anew. */
  float[] taken() {
    float[] taken = Arrays.copyOf(values, used);
    used = 0;
    return taken;
  }
}
