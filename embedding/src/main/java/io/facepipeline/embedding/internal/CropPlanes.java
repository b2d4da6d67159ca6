package io.facepipeline.embedding.internal;

import io.facepipeline.AlignedFace;
import io.facepipeline.CropSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Crops as the networks take them: planes of red, green and blue outside of the heap. */
public final class CropPlanes {
  private CropPlanes() {}

  public static FloatBuffer allocate(int floats) {
    return ByteBuffer.allocateDirect(floats * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** Writes a crop, or its mirror image, into a row of the batch. */
  public static void write(AlignedFace crop, boolean mirrored, FloatBuffer batch, int row) {
    CropSpec spec = crop.spec();
    ByteBuffer rgb = crop.rgb();
    int width = spec.width();
    int plane = width * spec.height();
    byte[] bytes = new byte[3 * width];
    float[] numbers = new float[3 * width];
    for (int y = 0; y < spec.height(); y++) {
      rgb.get(bytes);
      for (int x = 0; x < width; x++) {
        int to = mirrored ? width - 1 - x : x;
        numbers[to] = bytes[3 * x] & 0xff;
        numbers[width + to] = bytes[3 * x + 1] & 0xff;
        numbers[2 * width + to] = bytes[3 * x + 2] & 0xff;
      }
      for (int channel = 0; channel < 3; channel++) {
        int at = (3 * row + channel) * plane + y * width;
        batch.put(at, numbers, channel * width, width);
      }
    }
  }
}
