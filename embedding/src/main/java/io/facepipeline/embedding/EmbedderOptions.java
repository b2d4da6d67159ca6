package io.facepipeline.embedding;

import io.facepipeline.onnx.ExecutionProvider;

/**
 * How an embedder runs its model. Immutable.
 *
 * @param mirrored whether each crop is embedded a second time, mirrored, and the features added
 *     (test-time augmentation): twice the work for a little accuracy
 * @param batchSize how many crops the network sees at once at most, 1 to 256
 * @param provider what runs the model
 * @param threads how many threads work on a batch at most, 1 to 1024; a network of small operations
 *     runs on one and gains by running parts of the batch beside each other
 */
public record EmbedderOptions(
    boolean mirrored, int batchSize, ExecutionProvider provider, int threads) {
  private static final int MAX_BATCH = 256;
  private static final int MAX_THREADS = 1024;
  private static final EmbedderOptions DEFAULTS =
      new EmbedderOptions(
          false, 8, ExecutionProvider.CPU, Runtime.getRuntime().availableProcessors());

  /**
   * Creates options.
   *
   * @throws IllegalArgumentException if a number is out of range
   */
  public EmbedderOptions {
    if (batchSize < 1 || batchSize > MAX_BATCH) {
      throw new IllegalArgumentException(
          "the batch size must be within 1 and " + MAX_BATCH + ", got " + batchSize);
    }
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException(
          "the number of threads must be within 1 and " + MAX_THREADS + ", got " + threads);
    }
  }

  /** {@return no mirroring, batches of 8, the CPU, and a thread per processor} */
  public static EmbedderOptions defaults() {
    return DEFAULTS;
  }

  /**
   * {@return these options with another choice of mirroring}
   *
   * @param newMirrored whether each crop is embedded mirrored too
   */
  public EmbedderOptions withMirrored(boolean newMirrored) {
    return new EmbedderOptions(newMirrored, batchSize, provider, threads);
  }

  /**
   * {@return these options with another batch size}
   *
   * @param newBatchSize 1 to 256
   */
  public EmbedderOptions withBatchSize(int newBatchSize) {
    return new EmbedderOptions(mirrored, newBatchSize, provider, threads);
  }

  /**
   * {@return these options with another execution provider}
   *
   * @param newProvider what runs the model
   */
  public EmbedderOptions withProvider(ExecutionProvider newProvider) {
    return new EmbedderOptions(mirrored, batchSize, newProvider, threads);
  }

  /**
   * {@return these options with another number of threads}
   *
   * @param newThreads 1 to 1024
   */
  public EmbedderOptions withThreads(int newThreads) {
    return new EmbedderOptions(mirrored, batchSize, provider, newThreads);
  }
}
