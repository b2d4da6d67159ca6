package io.facepipeline.onnx;

/**
 * How a model is run. Immutable.
 *
 * @param provider what runs it
 * @param intraOpThreads how many threads one run uses, 1 to 1024; with 1 the caller's thread does
 *     all the work
 */
public record OnnxOptions(ExecutionProvider provider, int intraOpThreads) {
  private static final int MAX_THREADS = 1024;
  private static final OnnxOptions DEFAULTS =
      new OnnxOptions(ExecutionProvider.CPU, Runtime.getRuntime().availableProcessors());

  /**
   * Creates options.
   *
   * @throws IllegalArgumentException if the number of threads is out of range
   */
  public OnnxOptions {
    if (intraOpThreads < 1 || intraOpThreads > MAX_THREADS) {
      throw new IllegalArgumentException(
          "the number of threads must be within 1 and " + MAX_THREADS + ", got " + intraOpThreads);
    }
  }

  /** {@return the CPU with a thread per processor} */
  public static OnnxOptions defaults() {
    return DEFAULTS;
  }

  /**
   * {@return these options with another execution provider}
   *
   * @param newProvider what runs the model
   */
  public OnnxOptions withProvider(ExecutionProvider newProvider) {
    return new OnnxOptions(newProvider, intraOpThreads);
  }

  /**
   * {@return these options with another number of threads}
   *
   * @param threads 1 to 1024
   */
  public OnnxOptions withIntraOpThreads(int threads) {
    return new OnnxOptions(provider, threads);
  }
}
