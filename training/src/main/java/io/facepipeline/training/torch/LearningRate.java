package io.facepipeline.training.torch;

/**
 * A learning rate with linear warm-up that then falls along half a cosine to a hundredth
 * (Loshchilov and Hutter, "SGDR", 2017, without restarts).
 *
 * @param highest the highest rate
 * @param steps the number of steps
 * @param warmUp the number of warm-up steps
 */
public record LearningRate(double highest, int steps, int warmUp) {
  private static final double LAST_SHARE = 0.01;

  /**
   * {@return the rate of a step}
   *
   * @param step from 0
   */
  public double at(int step) {
    double warm = Math.min(1, (step + 1.0) / warmUp);
    double cosine = (1 + Math.cos(Math.PI * step / steps)) / 2;
    return highest * warm * (LAST_SHARE + (1 - LAST_SHARE) * cosine);
  }
}
