package io.facepipeline.detection.mtcnn.cascade;

import io.facepipeline.detection.work.DirectFloats;

/** What one task of the cascade works in; kept for the next. Not thread-safe. */
final class Scratch {
  final AreaStrip resampler = new AreaStrip();

  /** A network's input. */
  final DirectFloats input = new DirectFloats();

  /** A network's output. */
  final DirectFloats heads = new DirectFloats();
}
