package io.facepipeline.onnx.graph.rewrite;

import io.facepipeline.onnx.graph.Graph;
import java.util.List;

/**
 * The rewrites that make a graph fast on a CPU, in the order that lets each find what it looks for.
 * The result means the same to rounding. Elsewhere (CUDA) the plain graph does better: there PReLU
 * is one kernel.
 */
public final class CpuRewrites {
  private static final List<GraphRewrite> STEPS =
      List.of(
          new FoldBatchNorm(),
          new FoldInputAffine(),
          new FoldTranspose(),
          // Before the steps that put convolutions side by side on purpose.
          new MergeHeads(),
          new MaxOfHalves(),
          new PoolBeforePRelu(),
          new DoubleBeforePool(),
          new SplitPRelu(),
          new PadChannels());

  private CpuRewrites() {}

  /** {@return the steps, in order} */
  public static List<GraphRewrite> steps() {
    return STEPS;
  }

  /**
   * {@return the graph after all steps}
   *
   * @param graph the plain graph, which stays as it is
   */
  public static Graph apply(Graph graph) {
    Graph rewritten = graph;
    for (GraphRewrite step : STEPS) {
      rewritten = step.apply(rewritten);
    }
    return rewritten;
  }
}
