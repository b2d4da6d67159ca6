package io.facepipeline.detection.mtcnn.cascade;

/**
 * How the work on an image is cut into tasks for several workers. The results do not depend on it.
 *
 * @param stripRows rows of P-Net's output: enough to be worth a run, few enough to stay in the
 *     cache
 * @param rnetChunk candidates that R-Net sees at once
 * @param onetChunk candidates that O-Net sees at once
 */
record TaskSizes(int stripRows, int rnetChunk, int onetChunk) {
  /**
   * As measured on Intel's and AMD's processors; {@code benchmarks tune} shows others beside it.
   */
  static final TaskSizes CHOSEN = new TaskSizes(64, 32, 8);
}
