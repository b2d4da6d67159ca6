package io.facepipeline.jdbc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.sql.SQLException;
import java.util.Arrays;

/** Vectors as they stand in the database, float32 in little-endian order, and in memory. */
final class FaceVectors {
  private final int dimensions;
  private float[] values;
  private int used;

  FaceVectors(int dimensions) {
    this.dimensions = dimensions;
    values = new float[dimensions];
  }

  static byte[] bytes(float[] vectors, int offset, int dimensions) {
    ByteBuffer bytes = ByteBuffer.allocate(dimensions * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vectors, offset, dimensions);
    return bytes.array();
  }

  void add(byte[] vector) throws SQLException {
    if (vector.length != dimensions * Float.BYTES) {
      throw new SQLException(
          "a face's vector has "
              + vector.length
              + " bytes instead of "
              + dimensions * Float.BYTES
              + ": another program has changed the table");
    }
    if (used + dimensions > values.length) {
      values = Arrays.copyOf(values, Math.max(used + dimensions, 2 * values.length));
    }
    FloatBuffer floats = ByteBuffer.wrap(vector).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    floats.get(values, used, dimensions);
    used += dimensions;
  }

  /** What was added, one after the other; from here on it begins anew. */
  float[] taken() {
    float[] taken = Arrays.copyOf(values, used);
    used = 0;
    return taken;
  }
}
