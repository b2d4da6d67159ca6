package io.facepipeline.onnx;

/** How to run a model. Immutable. */
public final class OnnxOptions {
  private final ExecutionProvider provider;
  private final int intraOpThreads;
  private final boolean optimized;
  private final boolean spinning;
  private final boolean controlFlow;

  private OnnxOptions(
      ExecutionProvider provider,
      int intraOpThreads,
      boolean optimized,
      boolean spinning,
      boolean controlFlow) {
    if (intraOpThreads < 1) {
      throw new IllegalArgumentException("a model needs at least 1 thread, got " + intraOpThreads);
    }
    this.provider = provider;
    this.intraOpThreads = intraOpThreads;
    this.optimized = optimized;
    this.spinning = spinning;
    this.controlFlow = controlFlow;
  }

  /** {@return the processor, a thread per core, optimized, no spinning, no control flow} */
  public static OnnxOptions defaults() {
    return new OnnxOptions(
        ExecutionProvider.CPU, Runtime.getRuntime().availableProcessors(), true, false, false);
  }

  /** {@return the execution provider} */
  public ExecutionProvider provider() {
    return provider;
  }

  /** {@return the threads that share one operation, at least 1} */
  public int intraOpThreads() {
    return intraOpThreads;
  }

  /** {@return whether the runtime rewrites the graph at load} */
  public boolean optimized() {
    return optimized;
  }

  /** {@return whether idle threads spin} */
  public boolean spinning() {
    return spinning;
  }

  /** {@return whether the model may use If, Loop, Scan and SequenceMap} */
  public boolean controlFlow() {
    return controlFlow;
  }

  /**
   * {@return these options with another provider}
   *
   * @param newProvider the execution provider
   */
  public OnnxOptions withProvider(ExecutionProvider newProvider) {
    return new OnnxOptions(newProvider, intraOpThreads, optimized, spinning, controlFlow);
  }

  /**
   * {@return these options with another number of threads}
   *
   * @param threads threads that share one operation, at least 1
   * @throws IllegalArgumentException if it is less
   */
  public OnnxOptions withIntraOpThreads(int threads) {
    return new OnnxOptions(provider, threads, optimized, spinning, controlFlow);
  }

  /**
   * {@return these options with or without the runtime's own rewrites of the graph at load: folded
   * constants, fused operations, other memory layouts}
   *
   * @param newOptimized whether it rewrites
   */
  public OnnxOptions withOptimized(boolean newOptimized) {
    return new OnnxOptions(provider, intraOpThreads, newOptimized, spinning, controlFlow);
  }

  /**
   * {@return these options with or without spinning, the runtime's own default: operations start
   * sooner, but spinning takes the processor from other runs and workers}
   *
   * @param newSpinning whether idle threads spin
   */
  public OnnxOptions withSpinning(boolean newSpinning) {
    return new OnnxOptions(provider, intraOpThreads, optimized, newSpinning, controlFlow);
  }

  /**
   * {@return these options with or without control flow: a stranger's model may run forever in it,
   * and a run cannot be stopped}
   *
   * @param allowed whether the model may use If, Loop, Scan and SequenceMap
   */
  public OnnxOptions withControlFlow(boolean allowed) {
    return new OnnxOptions(provider, intraOpThreads, optimized, spinning, allowed);
  }

  @Override
  public String toString() {
    return provider
        + ", "
        + intraOpThreads
        + " threads"
        + (optimized ? "" : ", as it stands")
        + (spinning ? ", spinning" : "")
        + (controlFlow ? ", control flow" : "");
  }
}
