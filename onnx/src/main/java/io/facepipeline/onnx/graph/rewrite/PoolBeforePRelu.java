package io.facepipeline.onnx.graph.rewrite;

import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphEditor;
import io.facepipeline.onnx.graph.Node;
import io.facepipeline.onnx.graph.Weights;
import java.util.Arrays;
import java.util.List;

/**
 * Moves a maximum pooling in front of the ReLU or PReLU that feeds it, so that the activation works
 * on fewer elements. Exact, bit for bit, because both activations are non-decreasing per channel
 * when no slope is negative, and a non-decreasing function commutes with the maximum.
 */
public final class PoolBeforePRelu implements GraphRewrite {
  @Override
  public String name() {
    return "pool-before-prelu";
  }

  @Override
  public Graph apply(Graph graph) {
    GraphEditor editor = graph.edit();
    for (Node pool : editor.nodes()) {
      if (pool.is("MaxPool") && pool.outputs().size() == 1) {
        editor
            .producer(pool.input(0))
            .filter(n -> isMonotone(editor, n) && editor.onlyConsumer(n.output()).isPresent())
            .ifPresent(n -> swap(editor, n, pool));
      }
    }
    return editor.toGraph();
  }

  private static void swap(GraphEditor editor, Node activation, Node pool) {
    String pooled = editor.fresh(activation.output() + ".pooled");
    editor.replace(
        pool,
        pool.withInput(0, activation.input(0)).withOutputs(List.of(pooled)),
        activation.withInput(0, pooled).withOutputs(pool.outputs()));
    editor.remove(activation);
  }

  private static boolean isMonotone(GraphEditor editor, Node node) {
    if (node.is("Relu")) {
      return true;
    }
    Weights slope = editor.weights(node.input(1)).orElse(null);
    if (!node.is("PRelu") || slope == null) {
      return false;
    }
    // A slope that varies over the image would not follow its pixels through the pooling.
    boolean perChannel = slope.size() == 1 || (slope.rank() == 3 && slope.dim(0) == slope.size());
    return perChannel && Arrays.equals(slope.values(), absolute(slope.values()));
  }

  private static float[] absolute(float[] values) {
    float[] result = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = Math.abs(values[i]);
    }
    return result;
  }
}
