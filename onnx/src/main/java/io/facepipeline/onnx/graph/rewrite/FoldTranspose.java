package io.facepipeline.onnx.graph.rewrite;

import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphEditor;
import io.facepipeline.onnx.graph.ImageShapes;
import io.facepipeline.onnx.graph.Node;
import io.facepipeline.onnx.graph.Weights;
import java.util.List;

/**
 * Folds a permutation of an image's axes in front of a dense layer into the layer's weights. Exact,
 * because the layer sums the same products, in the order of the image instead.
 */
public final class FoldTranspose implements GraphRewrite {
  @Override
  public String name() {
    return "fold-transpose";
  }

  @Override
  public Graph apply(Graph graph) {
    GraphEditor editor = graph.edit();
    ImageShapes shapes = new ImageShapes(graph);
    for (Node dense : editor.nodes()) {
      Node flatten = editor.producer(dense.input(0)).orElse(null);
      Node turn = flatten == null ? null : editor.producer(flatten.input(0)).orElse(null);
      Weights weight = editor.weights(dense.input(1)).orElse(null);
      if (flatten != null
          && turn != null
          && weight != null
          && flatten.is("Flatten")
          && flatten.integer("axis", 1) == 1
          && keepsBatch(turn)
          && isPlain(dense)
          && editor.onlyConsumer(flatten.output()).isPresent()
          && editor.onlyConsumer(turn.output()).isPresent()) {
        shapes
            .of(turn.input(0))
            .filter(s -> s.isKnown() && s.channels() * s.height() * s.width() == weight.dim(1))
            .ifPresent(s -> fold(editor, dense, flatten, turn, weight, s));
      }
    }
    return editor.toGraph();
  }

  private static boolean isPlain(Node dense) {
    return dense.is("Gemm") && dense.integer("transA", 0) == 0 && dense.integer("transB", 0) == 1;
  }

  private static boolean keepsBatch(Node node) {
    List<Long> axes = node.integers("perm").orElse(List.of());
    return node.is("Transpose") && axes.size() == 4 && axes.get(0) == 0;
  }

  private static void fold(
      GraphEditor editor,
      Node dense,
      Node flatten,
      Node turn,
      Weights weight,
      ImageShapes.Shape shape) {
    int[] order = positions(turn.integers("perm").orElseThrow(), shape);
    int inputs = order.length;
    float[] values = weight.values();
    float[] turned = new float[values.length];
    for (int o = 0; o < weight.dim(0); o++) {
      for (int i = 0; i < inputs; i++) {
        turned[o * inputs + order[i]] = values[o * inputs + i];
      }
    }
    String name =
        editor.addInitializer(dense.input(1) + ".turned", new Weights(weight.dims(), turned));
    editor.replace(flatten, flatten.withInput(0, turn.input(0)));
    editor.replace(dense, dense.withInput(1, name));
    editor.remove(turn);
  }

  /** Where each number of the turned image stands in the image as it was. */
  private static int[] positions(List<Long> axes, ImageShapes.Shape shape) {
    int[] extents = {shape.channels(), shape.height(), shape.width()};
    int[] steps = {shape.height() * shape.width(), shape.width(), 1};
    int a = Math.toIntExact(axes.get(1)) - 1;
    int b = Math.toIntExact(axes.get(2)) - 1;
    int c = Math.toIntExact(axes.get(3)) - 1;
    int[] order = new int[extents[0] * extents[1] * extents[2]];
    int at = 0;
    for (int i = 0; i < extents[a]; i++) {
      for (int j = 0; j < extents[b]; j++) {
        for (int k = 0; k < extents[c]; k++) {
          order[at++] = i * steps[a] + j * steps[b] + k * steps[c];
        }
      }
    }
    return order;
  }
}
