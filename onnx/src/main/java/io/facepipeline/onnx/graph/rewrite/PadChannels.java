package io.facepipeline.onnx.graph.rewrite;

import io.facepipeline.onnx.graph.Attribute;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphEditor;
import io.facepipeline.onnx.graph.Node;
import io.facepipeline.onnx.graph.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Widens images between convolutions to a multiple of 16 channels, the block in which ONNX Runtime
 * keeps images on processors with AVX-512 (8 on others). Exact, because the channels that are added
 * hold numbers which the next convolution multiplies by zero. An image that anything else than
 * convolutions and operations by channel touches stays as it is.
 */
public final class PadChannels implements GraphRewrite {
  private static final int BLOCK = 16;
  private static final Set<String> BY_CHANNEL =
      Set.of("Relu", "Clip", "Sigmoid", "MaxPool", "AveragePool", "GlobalAveragePool");
  private static final Set<String> JOINS = Set.of("Add", "Sub", "Mul", "Max");

  @Override
  public String name() {
    return "pad-channels";
  }

  @Override
  public Graph apply(Graph graph) {
    GraphEditor editor = graph.edit();
    Families families = new Families(editor);
    for (Node node : editor.nodes()) {
      int in = families.widened(node.input(0));
      int out = families.widened(node.output());
      if (node.is("Conv") && (in > 0 || out > 0)) {
        editor.replace(node, widenConv(editor, node, in, out));
      } else if (node.is("PRelu") && out > 0) {
        Weights slope = editor.weights(node.input(1)).orElseThrow();
        if (slope.size() > 1) {
          float[] values = Arrays.copyOf(slope.values(), out);
          String name =
              editor.addInitializer(
                  node.input(1) + ".padded", new Weights(new int[] {out, 1, 1}, values));
          editor.replace(node, node.withInput(1, name));
        }
      }
    }
    return editor.toGraph();
  }

  private static Node widenConv(GraphEditor editor, Node conv, int in, int out) {
    ConvWeights weights = ConvWeights.of(editor, conv).orElseThrow();
    if (conv.integer("group", 1) > 1) {
      return weights
          .padded(out, 1)
          .into(editor, conv, "padded")
          .withAttribute("group", Attribute.of(out));
    }
    return weights
        .padded(out > 0 ? out : weights.outputs(), in > 0 ? in : weights.filters().dim(1))
        .into(editor, conv, "padded");
  }

  /** Values that must have the same number of channels, and whether that number is ours to set. */
  private static final class Families {
    private final Map<String, String> parents = new HashMap<>();
    private final Map<String, Integer> channels = new HashMap<>();
    private final Set<String> fixed = new HashSet<>();

    Families(GraphEditor editor) {
      List<String> pinned = new ArrayList<>();
      editor.inputs.forEach(p -> pinned.add(p.name()));
      editor.outputs.forEach(p -> pinned.add(p.name()));
      for (Node node : editor.nodes()) {
        ConvWeights conv = ConvWeights.of(editor, node).orElse(null);
        if (conv != null && node.integer("group", 1) == 1) {
          channels.put(node.output(), conv.outputs());
        } else if (conv != null
            && conv.filters().dim(1) == 1
            && conv.outputs() == node.integer("group", 1)) {
          join(node.input(0), node.output());
        } else if (isByChannel(editor, node)) {
          join(node.input(0), node.output());
        } else if (JOINS.contains(node.op()) && node.inputs().size() == 2) {
          join(node.input(0), node.output());
          join(node.input(1), node.output());
        } else {
          pinned.addAll(node.inputs());
          pinned.addAll(node.outputs());
        }
      }
      pinned.forEach(v -> fixed.add(head(v)));
      fixConstantsAndMixtures(editor);
    }

    private static boolean isByChannel(GraphEditor editor, Node node) {
      if (node.is("PRelu")) {
        return editor
            .weights(node.input(1))
            .filter(s -> s.size() == 1 || (s.rank() == 3 && s.dim(0) == s.size()))
            .isPresent();
      }
      return BY_CHANNEL.contains(node.op()) && node.outputs().size() == 1;
    }

    /** A family that holds a constant, or images of several widths, stays as it is. */
    private void fixConstantsAndMixtures(GraphEditor editor) {
      for (String value : List.copyOf(parents.keySet())) {
        if (editor.initializer(value).isPresent()) {
          fixed.add(head(value));
        }
      }
      Map<String, Integer> ofFamily = new HashMap<>();
      channels.forEach(
          (value, count) -> {
            Integer other = ofFamily.putIfAbsent(head(value), count);
            if (other != null && !other.equals(count)) {
              fixed.add(head(value));
            }
          });
      channels.putAll(ofFamily);
    }

    private String head(String value) {
      String parent = parents.getOrDefault(value, value);
      return parent.equals(value) ? value : head(parent);
    }

    private void join(String a, String b) {
      parents.putIfAbsent(a, a);
      parents.putIfAbsent(b, b);
      parents.put(head(a), head(b));
    }

    /** The number of channels a value gets, or 0 where it stays as it is. */
    int widened(String value) {
      String head = head(value);
      int count = channels.getOrDefault(head, 0);
      int padded = (count + BLOCK - 1) / BLOCK * BLOCK;
      // Twice as wide costs more than the blocks gain: a grey image stays one channel.
      return fixed.contains(head) || padded == count || padded >= 2 * count ? 0 : padded;
    }
  }
}
