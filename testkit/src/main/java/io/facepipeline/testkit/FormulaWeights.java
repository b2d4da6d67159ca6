package io.facepipeline.testkit;

import java.nio.charset.StandardCharsets;

/**
 * Weights that follow from a tensor's name, so that an architecture can be pinned without a
 * checkpoint: a network filled with them has recorded outputs.
 */
public final class FormulaWeights {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private FormulaWeights() {}

  /** What a tensor is, which decides the range of its numbers. */
  public enum Kind {
    /** A convolution's or dense layer's weight: as wide as keeps the variance. */
    WEIGHT,
    /** A convolution's or dense layer's bias. */
    BIAS,
    /** A batch normalization's weight or running variance. */
    POSITIVE,
    /** A batch normalization's bias or running mean. */
    SHIFT,
    /** The slope of a PReLU. */
    SLOPE,
    /** The network's input. */
    INPUT
  }

  /**
   * {@return the numbers of a tensor, row by row}
   *
   * @param name the tensor's name in the state dict
   * @param kind what it is
   * @param shape its shape
   */
  public static float[] values(String name, Kind kind, int... shape) {
    int count = 1;
    int fanIn = 1;
    for (int i = 0; i < shape.length; i++) {
      count *= shape[i];
      fanIn *= i == 0 ? 1 : shape[i];
    }
    double bound = Math.sqrt(3.0 / fanIn);
    long seed = fnv1a(name);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      double u = uniform(seed, i);
      values[i] =
          (float)
              switch (kind) {
                case WEIGHT -> (2 * u - 1) * bound;
                case BIAS -> (2 * u - 1) * 0.1;
                case POSITIVE -> 0.5 + u;
                case SHIFT -> (2 * u - 1) * 0.2;
                case SLOPE -> 0.25 * u;
                case INPUT -> 2 * u - 1;
              };
    }
    return values;
  }

  private static double uniform(long seed, int index) {
    long z = seed + (index + 1L) * GOLDEN_GAMMA;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    z ^= z >>> 31;
    return (z >>> 40) * 0x1p-24;
  }

  private static long fnv1a(String name) {
    long hash = FNV_OFFSET;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return hash;
  }
}
