package io.facepipeline.detection;

import java.nio.FloatBuffer;
import java.util.Map;

/** One of the three networks, as the cascade sees it. */
interface Network extends AutoCloseable {
  /** The name of the two class scores, of which the second is the probability of a face. */
  String PROBABILITY = "probability";

  /** The name of the box regression. */
  String REGRESSION = "regression";

  /** The name of O-Net's landmarks: five x, then five y, in shares of the box. */
  String LANDMARKS = "landmarks";

  /**
   * Runs the network.
   *
   * @param rgb direct buffer of planes, values 0 to 255, from position 0 to its limit
   * @return each output by name, row by row
   */
  Map<String, float[]> run(FloatBuffer rgb, int batch, int height, int width);

  @Override
  void close();
}
