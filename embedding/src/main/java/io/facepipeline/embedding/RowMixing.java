package io.facepipeline.embedding;

import io.facepipeline.ModelCard;
import io.facepipeline.onnx.InferenceException;
import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.Random;

/**
 * Finds out whether a network's rows may run together. Somebody else's network is asked, since
 * there are more ways to mix rows than a list of operators could name.
 */
final class RowMixing {
  /** Rounding moves a unit vector by a thousandth of this. */
  private static final double SAME = 0.01;

  private RowMixing() {}

  /** Runs the network on some rows of the input, together. */
  @FunctionalInterface
  interface Run {
    /** Runs the rows from one on to before another. */
    void rows(int from, int to);
  }

  /**
   * {@return why crops must run one by one, to stand after the model's name: a crop's embedding
   * hangs on the crops beside it, or the network takes one crop only; empty if they may run
   * together}
   *
   * @param input room for two crops
   * @param output room for two embeddings
   */
  static Optional<String> reasonToRunOneByOne(
      ModelCard card, FloatBuffer input, FloatBuffer output, Run run) {
    int crop = card.crop().bytes();
    int size = card.embeddingSize();
    input.clear().limit(2 * crop);
    Random noise = new Random(1);
    for (int i = 0; i < 2 * crop; i++) {
      // A dim crop with little in it and one with all there is: far apart in range.
      input.put(i, i < crop ? 40 + noise.nextInt(8) : noise.nextInt(256));
    }
    float[] alone = new float[2 * size];
    float[] together = new float[2 * size];
    run.rows(0, 1);
    run.rows(1, 2);
    output.get(0, alone);
    try {
      run.rows(0, 2);
    } catch (InferenceException e) {
      return Optional.of("takes one crop at a time");
    }
    output.get(0, together);
    return distance(alone, together, 0, size) > SAME || distance(alone, together, size, size) > SAME
        ? Optional.of("gives a crop a different embedding in a batch than alone")
        : Optional.empty();
  }

  /** The distance of two vectors in units of the first's length. */
  private static double distance(float[] a, float[] b, int from, int count) {
    double difference = 0;
    double length = 0;
    for (int i = from; i < from + count; i++) {
      difference += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
      length += (double) a[i] * a[i];
    }
    return Math.sqrt(difference / Math.max(length, Double.MIN_NORMAL));
  }
}
