package io.facepipeline.detection.mtcnn.cascade;

/**
 * How the work on an image is cut into tasks for several workers. The results do not depend on it.
 *
 * @param stripRows rows of P-Net's output: enough to be worth a run, few enough to stay in the
 *     cache
 * @param rnetChunk the most candidates that R-Net sees at once
 * @param onetChunk the most candidates that O-Net sees at once
 */
record TaskSizes(int stripRows, int rnetChunk, int onetChunk) {
  /**
   * As measured on Intel's and AMD's processors; {@code benchmarks tune} shows others beside it.
   */
  static final TaskSizes CHOSEN = new TaskSizes(64, 32, 8);

  /** A quarter of the most candidates is worth a run: each of them takes hardly longer. */
  private static final int WORTH_A_RUN = 4;

  /**
   * {@return into how many chunks of like size candidates are cut, so that all workers have some}
   */
  static int chunks(int candidates, int most, int workers) {
    int fewest = (candidates + most - 1) / most;
    int even = (fewest + workers - 1) / workers * workers;
    int worthwhile = candidates / Math.max(1, most / WORTH_A_RUN);
    return Math.max(fewest, Math.min(even, worthwhile));
  }
}
