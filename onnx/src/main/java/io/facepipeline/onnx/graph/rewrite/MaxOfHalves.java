package io.facepipeline.onnx.graph.rewrite;

import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphEditor;
import io.facepipeline.onnx.graph.Integers;
import io.facepipeline.onnx.graph.Node;
import io.facepipeline.onnx.graph.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Spells the greater of the two halves of a convolution's channels, LightCNN's max-feature-map, out
 * in operations that fuse: {@code max(a, b) = a + relu(b - a)}, where {@code b - a} is itself a
 * convolution, of the difference of the filters. Exact up to rounding.
 */
public final class MaxOfHalves implements GraphRewrite {
  @Override
  public String name() {
    return "max-of-halves";
  }

  @Override
  public Graph apply(Graph graph) {
    GraphEditor editor = graph.edit();
    for (Node max : editor.nodes()) {
      if (max.is("Max") && max.inputs().size() == 2) {
        split(editor, max).ifPresent(split -> rewrite(editor, split, max));
      }
    }
    return editor.toGraph();
  }

  /** The split into halves that a maximum, and nothing else, joins again. */
  private static Optional<Node> split(GraphEditor editor, Node max) {
    return editor
        .producer(max.input(0))
        .filter(
            s ->
                s.is("Split")
                    && s.integer("axis", 0) == 1
                    && s.outputs().size() == 2
                    && s.outputs().containsAll(max.inputs())
                    && !max.input(0).equals(max.input(1))
                    && max.inputs().stream().allMatch(i -> editor.onlyConsumer(i).isPresent()));
  }

  private static void rewrite(GraphEditor editor, Node split, Node max) {
    Node conv = editor.producer(split.input(0)).orElse(null);
    if (conv == null
        || conv.integer("group", 1) != 1
        || editor.onlyConsumer(conv.output()).isEmpty()) {
      return;
    }
    ConvWeights weights = ConvWeights.of(editor, conv).orElse(null);
    if (weights == null || weights.outputs() % 2 != 0 || !isEven(editor, split, weights)) {
      return;
    }
    int half = weights.outputs() / 2;
    ConvWeights first = weights.range(0, half);
    ConvWeights rest = weights.range(half, half).minus(first);
    String base = max.output();
    String one = editor.fresh(base + ".first");
    String gain = editor.fresh(base + ".gain");
    String positive = editor.fresh(base + ".positive");
    editor.replace(
        max,
        rest.into(editor, conv, "difference").withOutputs(List.of(gain)),
        new Node("Relu", List.of(gain), List.of(positive), Map.of()),
        first.into(editor, conv, "first").withOutputs(List.of(one)),
        new Node("Add", List.of(one, positive), List.of(base), Map.of()));
    editor.removeDeadCode();
  }

  private static boolean isEven(GraphEditor editor, Node split, ConvWeights weights) {
    List<Long> sizes = split.integers("split").orElse(List.of());
    Tensor given = editor.initializer(split.input(1)).orElse(null);
    long half = weights.outputs() / 2;
    if (given instanceof Integers constant) {
      return constant.values()[0] == half;
    }
    return split.input(1).isEmpty() && (sizes.isEmpty() || sizes.get(0) == half);
  }
}
