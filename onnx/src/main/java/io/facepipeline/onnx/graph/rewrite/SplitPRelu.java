package io.facepipeline.onnx.graph.rewrite;

import io.facepipeline.onnx.graph.Attribute;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphEditor;
import io.facepipeline.onnx.graph.ImageShapes;
import io.facepipeline.onnx.graph.Node;
import io.facepipeline.onnx.graph.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Spells a PReLU on images out in operations that every provider runs fast: depthwise 1x1
 * convolutions, a ReLU and an addition. Exact, because {@code prelu(x) = a x + (1 - a) relu(x)} for
 * every slope a. Where all slopes are at most 1 the factor moves inside, {@code a x + relu((1 - a)
 * x)}, so that convolution and ReLU fuse; where all are above 1 the mirrored {@code a x - relu((a -
 * 1) x)} does the same.
 */
public final class SplitPRelu implements GraphRewrite {
  @Override
  public String name() {
    return "split-prelu";
  }

  @Override
  public Graph apply(Graph graph) {
    GraphEditor editor = graph.edit();
    ImageShapes images = new ImageShapes(graph);
    for (Node node : editor.nodes()) {
      // Weights beside bytes would be quantized by the runtime, in its own way.
      boolean ofBytes =
          editor.producer(node.input(0)).filter(n -> n.is("DequantizeLinear")).isPresent();
      if (node.is("PRelu") && images.isImage(node.input(0)) && !ofBytes) {
        editor
            .weights(node.input(1))
            .filter(s -> s.rank() == 3 && s.size() > 1 && s.dim(0) == s.size())
            .ifPresent(slope -> split(editor, node, slope));
      }
    }
    return editor.toGraph();
  }

  private static void split(GraphEditor editor, Node node, Weights slope) {
    float[] rest = new float[slope.size()];
    boolean allAbove = true;
    boolean allBelow = true;
    for (int c = 0; c < rest.length; c++) {
      rest[c] = (float) (1.0 - slope.values()[c]);
      allAbove &= rest[c] < 0;
      allBelow &= rest[c] >= 0;
    }
    if (allAbove) {
      for (int c = 0; c < rest.length; c++) {
        rest[c] = -rest[c];
      }
    }
    String x = node.input(0);
    String base = node.output();
    String linear = editor.fresh(base + ".linear");
    String first = editor.fresh(base + ".first");
    String second = editor.fresh(base + ".second");
    Node keep = depthwise(editor, x, base + ".slope", slope.values(), linear);
    Node join =
        new Node(allAbove ? "Sub" : "Add", List.of(linear, second), List.of(base), Map.of());
    if (allAbove || allBelow) {
      Node scaled = depthwise(editor, x, base + ".rest", rest, first);
      editor.replace(node, keep, scaled, relu(first, second), join);
    } else {
      Node scaled = depthwise(editor, first, base + ".rest", rest, second);
      editor.replace(node, keep, relu(x, first), scaled, join);
    }
  }

  private static Node relu(String x, String result) {
    return new Node("Relu", List.of(x), List.of(result), Map.of());
  }

  private static Node depthwise(
      GraphEditor editor, String x, String weightName, float[] factors, String result) {
    Weights weight = new Weights(new int[] {factors.length, 1, 1, 1}, factors);
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    attributes.put("kernel_shape", Attribute.ints(1, 1));
    attributes.put("group", Attribute.of(factors.length));
    return new Node(
        "Conv", List.of(x, editor.addInitializer(weightName, weight)), List.of(result), attributes);
  }
}
