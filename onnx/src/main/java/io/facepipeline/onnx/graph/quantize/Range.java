package io.facepipeline.onnx.graph.quantize;

/**
 * The numbers that a value takes, and the bytes that stand for them.
 *
 * @param min the least, at most 0
 * @param max the greatest, at least 0
 */
record Range(float min, float max) {
  private static final int STEPS = 255;

  /** Widens the range to 0, which padding adds, so that a byte must stand for it exactly. */
  Range {
    min = Math.min(0, min);
    max = Math.max(0, max);
  }

  /** The range that holds both. */
  Range and(Range other) {
    return new Range(Math.min(min, other.min), Math.max(max, other.max));
  }

  /** What a step of the byte is worth. */
  float scale() {
    float width = max - min;
    return width > 0 ? width / STEPS : 1f / STEPS;
  }

  /** The byte that stands for 0. */
  int zero() {
    return Math.round(-min / scale());
  }

  /** The byte that stands for a number, or is nearest to it. */
  int step(float number) {
    return (int) Math.max(0, Math.min(STEPS, Math.rint(number / scale()) + zero()));
  }
}
