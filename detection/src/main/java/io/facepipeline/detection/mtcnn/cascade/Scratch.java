package io.facepipeline.detection.mtcnn.cascade;

import io.facepipeline.detection.work.DirectFloats;
import java.nio.FloatBuffer;

/** What one task of the cascade works in; kept for the next. Not thread-safe. */
final class Scratch {
  final AreaStrip resampler = new AreaStrip();

  /** A network's input. */
  final DirectFloats input = new DirectFloats();

  /** A network's output. */
  final DirectFloats heads = new DirectFloats();

  private float[] logits = new float[0];

  /** {@return the first numbers of an output, at least so many, where reading them is quick} */
  float[] logits(FloatBuffer output, int count) {
    if (logits.length < count) {
      logits = new float[count];
    }
    output.get(0, logits, 0, count);
    return logits;
  }
}
