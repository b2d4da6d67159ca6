package io.facepipeline.onnx;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;

/**
 * How to run a model. Immutable.
 *
 * @param provider the execution provider
 * @param intraOpThreads threads that share one operation, at least 1
 * @param optimization how much the runtime may rewrite the graph at load
 * @param spinning whether idle threads spin, as is the runtime's default: operations start sooner,
 *     but spinning takes the processor from other runs and workers
 * @param controlFlow whether the model may use the operators If, Loop, Scan and SequenceMap: a
 *     stranger's model may run forever in them, and a run cannot be stopped
 */
public record OnnxOptions(
    ExecutionProvider provider,
    int intraOpThreads,
    Optimization optimization,
    boolean spinning,
    boolean controlFlow) {
  /** How much the runtime rewrites a graph at load. */
  public enum Optimization {
    /** No rewriting. */
    NONE(OptLevel.NO_OPT),
    /** Constant folding and removal of redundant nodes. */
    BASIC(OptLevel.BASIC_OPT),
    /** Also fusions of operations. */
    EXTENDED(OptLevel.EXTENDED_OPT),
    /** Also changes of memory layout. */
    ALL(OptLevel.ALL_OPT);

    final OptLevel level;

    Optimization(OptLevel level) {
      this.level = level;
    }
  }

  /** Checks the range. */
  public OnnxOptions {
    if (intraOpThreads < 1) {
      throw new IllegalArgumentException("a model needs at least 1 thread, got " + intraOpThreads);
    }
  }

  /**
   * The processor, with a thread per core, every optimization, no spinning and no control flow.
   *
   * @return the options
   */
  public static OnnxOptions defaults() {
    return new OnnxOptions(
        ExecutionProvider.CPU,
        Runtime.getRuntime().availableProcessors(),
        Optimization.ALL,
        false,
        false);
  }

  /**
   * These options with another provider.
   *
   * @param newProvider the execution provider
   * @return the changed copy
   */
  public OnnxOptions withProvider(ExecutionProvider newProvider) {
    return new OnnxOptions(newProvider, intraOpThreads, optimization, spinning, controlFlow);
  }

  /**
   * These options with another number of threads.
   *
   * @param threads threads that share one operation, at least 1
   * @return the changed copy
   */
  public OnnxOptions withIntraOpThreads(int threads) {
    return new OnnxOptions(provider, threads, optimization, spinning, controlFlow);
  }

  /**
   * These options with another optimization level.
   *
   * @param level how much the runtime may rewrite the graph
   * @return the changed copy
   */
  public OnnxOptions withOptimization(Optimization level) {
    return new OnnxOptions(provider, intraOpThreads, level, spinning, controlFlow);
  }

  /**
   * These options with or without spinning.
   *
   * @param newSpinning whether idle threads spin
   * @return the changed copy
   */
  public OnnxOptions withSpinning(boolean newSpinning) {
    return new OnnxOptions(provider, intraOpThreads, optimization, newSpinning, controlFlow);
  }

  /**
   * These options with or without control flow.
   *
   * @param allowed whether the model may use If, Loop, Scan and SequenceMap
   * @return the changed copy
   */
  public OnnxOptions withControlFlow(boolean allowed) {
    return new OnnxOptions(provider, intraOpThreads, optimization, spinning, allowed);
  }
}
