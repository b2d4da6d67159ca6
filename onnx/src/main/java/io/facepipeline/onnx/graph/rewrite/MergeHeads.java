package io.facepipeline.onnx.graph.rewrite;

import io.facepipeline.onnx.graph.Attribute;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphEditor;
import io.facepipeline.onnx.graph.Integers;
import io.facepipeline.onnx.graph.Node;
import io.facepipeline.onnx.graph.Weights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Joins convolutions (or dense layers) that read the same value with the same settings into one
 * with all their output channels, split afterwards, so that the input is read once. Exact, because
 * every output channel is computed from its own filter alone.
 */
public final class MergeHeads implements GraphRewrite {
  @Override
  public String name() {
    return "merge-heads";
  }

  @Override
  public Graph apply(Graph graph) {
    GraphEditor editor = graph.edit();
    Map<List<Object>, List<Node>> families = new LinkedHashMap<>();
    for (Node node : editor.nodes()) {
      if (isMergeable(editor, node)) {
        int[] dims = editor.weights(node.input(1)).orElseThrow().dims();
        List<Object> key = new ArrayList<>(List.of(node.op(), node.input(0), node.attributes()));
        for (int i = 1; i < dims.length; i++) {
          key.add(dims[i]);
        }
        families.computeIfAbsent(key, k -> new ArrayList<>()).add(node);
      }
    }
    families.values().stream()
        .filter(f -> f.size() > 1)
        .forEach(f -> merge(editor, graph.opset(), f));
    return editor.toGraph();
  }

  private static boolean isMergeable(GraphEditor editor, Node node) {
    Weights weight = editor.weights(node.input(1)).orElse(null);
    if (weight == null || weight.rank() < 2) {
      return false;
    }
    Weights bias = editor.weights(node.input(2)).orElse(null);
    boolean biasKnown = node.input(2).isEmpty() || (bias != null && bias.size() == weight.dim(0));
    boolean conv = node.is("Conv") && node.integer("group", 1) == 1;
    boolean dense =
        node.is("Gemm")
            && node.integer("transA", 0) == 0
            && node.integer("transB", 0) == 1
            && node.real("beta", 1) == 1;
    return biasKnown && (conv || dense);
  }

  private static void merge(GraphEditor editor, int opset, List<Node> family) {
    List<Weights> weights =
        family.stream().map(n -> editor.weights(n.input(1)).orElseThrow()).toList();
    int[] dims = weights.get(0).dims();
    int inner = weights.get(0).size() / dims[0];
    dims[0] = weights.stream().mapToInt(w -> w.dim(0)).sum();
    float[] joined = new float[dims[0] * inner];
    float[] biases = new float[dims[0]];
    long[] sizes = new long[family.size()];
    int at = 0;
    for (int i = 0; i < sizes.length; i++) {
      Weights weight = weights.get(i);
      System.arraycopy(weight.values(), 0, joined, at * inner, weight.size());
      Weights bias = editor.weights(family.get(i).input(2)).orElse(null);
      if (bias != null) {
        System.arraycopy(bias.values(), 0, biases, at, bias.size());
      }
      sizes[i] = weight.dim(0);
      at += weight.dim(0);
    }
    Node first = family.get(0);
    String base = first.output() + ".merged";
    String result = editor.fresh(base);
    Node one =
        first
            .withInput(1, editor.addInitializer(base + ".weight", new Weights(dims, joined)))
            .withInput(2, editor.addInitializer(base + ".bias", Weights.vector(biases)))
            .withOutputs(List.of(result));
    List<String> outputs = family.stream().map(Node::output).toList();
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    attributes.put("axis", Attribute.of(1));
    List<String> inputs = new ArrayList<>(List.of(result));
    if (opset >= 13) {
      inputs.add(editor.addInitializer(base + ".sizes", Integers.vector(sizes)));
    } else {
      attributes.put("split", Attribute.ints(sizes));
    }
    family.subList(1, family.size()).forEach(editor::remove);
    editor.replace(first, one, new Node("Split", inputs, outputs, attributes));
  }
}
