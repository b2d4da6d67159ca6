package io.facepipeline.attributes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.facepipeline.ModelCard.ColorOrder;
import io.facepipeline.onnx.catalog.CatalogEntry;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class InputSpecTest {
  private static final int PIXELS = 20;

  @Test
  void whitenedImagesAreScaledByTheirOwnNumbers() {
    CatalogEntry.Input input =
        new CatalogEntry.Input(5, 4, null, ColorOrder.BGR, List.of(0f), List.of(1f), true);
    byte[] rgb = new byte[3 * PIXELS];
    new SplittableRandom(1).nextBytes(rgb);
    byte[] even = new byte[rgb.length];
    Arrays.fill(even, (byte) 9);
    FloatBuffer planes = FloatBuffer.allocate(6 * PIXELS);
    InputSpec.of(input).write(ByteBuffer.wrap(rgb), PIXELS, planes);
    InputSpec.of(input).write(ByteBuffer.wrap(even), PIXELS, planes);
    assertEquals(0, planes.remaining());
    double mean = 0;
    double square = 0;
    for (byte b : rgb) {
      mean += (b & 0xFF) / 60.0;
      square += (b & 0xFF) * (b & 0xFF) / 60.0;
    }
    double deviation = Math.sqrt(square - mean * mean);
    for (int i = 0; i < PIXELS; i++) {
      for (int plane = 0; plane < 3; plane++) {
        double expected = ((rgb[3 * i + 2 - plane] & 0xFF) - mean) / deviation;
        assertEquals(expected, planes.get(plane * PIXELS + i), 1e-5);
        assertEquals(0, planes.get((3 + plane) * PIXELS + i), 1e-5);
      }
    }
  }
}
