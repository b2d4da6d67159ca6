package io.facepipeline.onnx;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;

/**
 * How to run a model. Immutable.
 *
 * @param provider what to run on
 * @param intraOpThreads threads that share one operation, at least 1
 * @param optimization how much the runtime may rework the graph at load
 * @param spinning whether threads with nothing to do wait by spinning, as is the runtime's default:
 *     an operation starts sooner on them, but they take the processor from other runs and other
 *     workers
 * @param controlFlow whether the model may hold the operators If, Loop, Scan and SequenceMap: a
 *     model from a stranger may run without end in them, and a run cannot be stopped
 */
public record OnnxOptions(
    ExecutionProvider provider,
    int intraOpThreads,
    Optimization optimization,
    boolean spinning,
    boolean controlFlow) {
  /** How much the runtime reworks a graph at load. */
  public enum Optimization {
    /** Not at all. */
    NONE(OptLevel.NO_OPT),
    /** Constant folding and removal of what is redundant. */
    BASIC(OptLevel.BASIC_OPT),
    /** Fusions of operations too. */
    EXTENDED(OptLevel.EXTENDED_OPT),
    /** Changes of memory layout too. */
    ALL(OptLevel.ALL_OPT);

    final OptLevel level;

    Optimization(OptLevel level) {
      this.level = level;
    }
  }

  /** Checks the range. */
  public OnnxOptions {
    if (intraOpThreads < 1) {
      throw new IllegalArgumentException(
          "a model runs on at least 1 thread but got " + intraOpThreads);
    }
  }

  /**
   * The processor, with a thread per core, every optimisation, no spinning and no control flow.
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
   * These options on another provider.
   *
   * @param newProvider what to run on
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
   * These options with another optimisation level.
   *
   * @param level how much the runtime may rework the graph
   * @return the changed copy
   */
  public OnnxOptions withOptimization(Optimization level) {
    return new OnnxOptions(provider, intraOpThreads, level, spinning, controlFlow);
  }

  /**
   * These options with another way of waiting.
   *
   * @param newSpinning whether threads with nothing to do wait by spinning
   * @return the changed copy
   */
  public OnnxOptions withSpinning(boolean newSpinning) {
    return new OnnxOptions(provider, intraOpThreads, optimization, newSpinning, controlFlow);
  }

  /**
   * These options with another choice about control flow.
   *
   * @param allowed whether the model may hold If, Loop, Scan and SequenceMap
   * @return the changed copy
   */
  public OnnxOptions withControlFlow(boolean allowed) {
    return new OnnxOptions(provider, intraOpThreads, optimization, spinning, allowed);
  }
}
