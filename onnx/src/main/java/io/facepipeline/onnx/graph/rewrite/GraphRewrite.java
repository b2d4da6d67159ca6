package io.facepipeline.onnx.graph.rewrite;

import io.facepipeline.onnx.graph.Graph;

/**
 * A change of a graph that leaves what it computes as it is, up to rounding in float32. A rewrite
 * that finds nothing to do gives an equal graph. Implementations have no state and are thread-safe.
 */
public interface GraphRewrite {
  /**
   * A short name for logs and comparisons.
   *
   * @return such as {@code fold-batch-norm}
   */
  String name();

  /**
   * Rewrites a graph.
   *
   * @param graph the graph, which stays as it is
   * @return the rewritten graph
   * @throws io.facepipeline.onnx.MalformedModelException if the graph is not valid or holds nested
   *     graphs
   */
  Graph apply(Graph graph);
}
