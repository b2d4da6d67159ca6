package io.facepipeline.detection.mtcnn.cascade;

import java.nio.FloatBuffer;

/**
 * One of the three networks, as the cascade sees it: images in, and for each place a row of
 * channels out: {@link #LOGIT}, four regressions and, from O-Net, five x and five y of landmarks in
 * shares of the box.
 */
public interface Network extends AutoCloseable {
  /**
   * The channel that tells a face: the difference of the two class scores, whose sigmoid is the
   * face's probability.
   */
  int LOGIT = 0;

  /** The first of the four channels of the box regression. */
  int REGRESSION = 1;

  /** The first of O-Net's ten channels of landmarks. */
  int LANDMARKS = 5;

  /** The number of channels of P- and R-Net. */
  int BOX_CHANNELS = 5;

  /** The number of channels of O-Net. */
  int FACE_CHANNELS = 15;

  /**
   * Runs the network.
   *
   * @param rgb direct buffer of planes, values 0 to 255, from position 0 to its limit
   * @param heads direct buffer for the output from position 0 to its limit
   * @param outputShape [batch, channels], from P-Net [batch, channels, height, width]
   */
  void run(
      FloatBuffer rgb, int batch, int height, int width, FloatBuffer heads, long[] outputShape);

  @Override
  void close();
}
