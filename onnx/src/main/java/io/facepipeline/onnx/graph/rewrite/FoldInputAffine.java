package io.facepipeline.onnx.graph.rewrite;

import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphEditor;
import io.facepipeline.onnx.graph.Node;
import io.facepipeline.onnx.graph.Weights;
import java.util.List;
import java.util.Optional;

/**
 * Folds scales and shifts per channel (multiplications, additions, batch normalizations) in front
 * of a convolution into it, as preprocessing in front of the first one is. Exact, because {@code w
 * (s x + t) + b = (w s) x + (w t + b)}. Padding adds zeros after the shift, so a padded convolution
 * takes scales only; a shift in front of it stays.
 */
public final class FoldInputAffine implements GraphRewrite {
  @Override
  public String name() {
    return "fold-input-affine";
  }

  @Override
  public Graph apply(Graph graph) {
    GraphEditor editor = graph.edit();
    for (Node node : editor.nodes()) {
      if (node.is("Conv")) {
        editor
            .weights(node.input(1))
            .filter(w -> w.rank() == 4)
            .ifPresent(w -> fold(editor, node, w));
      }
    }
    return editor.toGraph();
  }

  private static void fold(GraphEditor editor, Node conv, Weights weight) {
    int groups = (int) conv.integer("group", 1);
    if (groups < 1 || weight.dim(0) % groups != 0) {
      return;
    }
    int channels = weight.dim(1) * groups;
    boolean padded = isPadded(conv);
    ChannelAffine chain = ChannelAffine.identity(channels);
    ChannelAffine best = chain;
    String value = conv.input(0);
    String from = value;
    while (editor.onlyConsumer(value).isPresent()) {
      Optional<Node> step = editor.producer(value);
      Optional<Step> affine = step.flatMap(n -> step(editor, n, channels));
      if (affine.isEmpty()) {
        break;
      }
      chain = chain.after(affine.get().affine());
      value = affine.get().input();
      if (!padded || !chain.shifts()) {
        best = chain;
        from = value;
      }
    }
    if (!from.equals(conv.input(0))) {
      rewrite(editor, conv, weight, groups, best, from);
    }
  }

  private static void rewrite(
      GraphEditor editor,
      Node conv,
      Weights weight,
      int groups,
      ChannelAffine affine,
      String from) {
    boolean biased = !conv.input(2).isEmpty();
    Weights bias = editor.weights(conv.input(2)).orElse(null);
    if (biased && bias == null) {
      return;
    }
    int out = weight.dim(0);
    int in = weight.dim(1);
    int area = weight.dim(2) * weight.dim(3);
    // Asked for once: weights of a checkpoint are worked out at each call.
    float[] values = weight.values();
    float[] offsets = bias == null ? new float[out] : bias.values();
    float[] scaled = new float[values.length];
    float[] shifted = new float[out];
    for (int o = 0; o < out; o++) {
      double sum = offsets[o];
      for (int i = 0; i < in; i++) {
        int channel = o / (out / groups) * in + i;
        for (int k = (o * in + i) * area; k < (o * in + i + 1) * area; k++) {
          scaled[k] = (float) (values[k] * affine.scale()[channel]);
          sum += values[k] * affine.shift()[channel];
        }
      }
      shifted[o] = (float) sum;
    }
    Node folded =
        conv.withInput(0, from)
            .withInput(
                1,
                editor.addInitializer(
                    conv.input(1) + ".folded", new Weights(weight.dims(), scaled)));
    if (biased || affine.shifts()) {
      folded =
          folded.withInput(
              2, editor.addInitializer(conv.output() + ".bias.folded", Weights.vector(shifted)));
    }
    editor.replace(conv, folded);
    // The chain is dead now and goes when the graph is taken from the editor; a later chain must
    // not meet it.
    editor.removeDeadCode();
  }

  private static boolean isPadded(Node conv) {
    String auto = conv.text("auto_pad", "NOTSET");
    List<Long> pads = conv.integers("pads").orElse(List.of());
    return !auto.equals("VALID") && (!auto.equals("NOTSET") || pads.stream().anyMatch(p -> p != 0));
  }

  private record Step(ChannelAffine affine, String input) {}

  private static Optional<Step> step(GraphEditor editor, Node node, int channels) {
    if (node.is("BatchNormalization")) {
      return ChannelAffine.ofBatchNorm(editor, node)
          .filter(a -> a.channels() == channels)
          .map(a -> new Step(a, node.input(0)));
    }
    boolean arithmetic = node.is("Mul") || node.is("Add") || node.is("Sub") || node.is("Div");
    if (!arithmetic || node.inputs().size() != 2) {
      return Optional.empty();
    }
    int constantIndex = editor.weights(node.input(1)).isPresent() ? 1 : 0;
    Weights constant = editor.weights(node.input(constantIndex)).orElse(null);
    if (constant == null
        || !broadcastsPerChannel(constant, channels)
        || (constantIndex == 0 && node.is("Div"))) {
      return Optional.empty();
    }
    ChannelAffine affine = ChannelAffine.identity(channels);
    for (int c = 0; c < channels; c++) {
      double k = constant.values()[constant.size() == 1 ? 0 : c];
      switch (node.op()) {
        case "Mul" -> affine.scale()[c] = k;
        case "Div" -> affine.scale()[c] = 1 / k;
        case "Add" -> affine.shift()[c] = k;
        default -> {
          affine.scale()[c] = constantIndex == 1 ? 1 : -1;
          affine.shift()[c] = constantIndex == 1 ? -k : k;
        }
      }
    }
    return Optional.of(new Step(affine, node.input(1 - constantIndex)));
  }

  /** Whether a constant acts per channel on images [n, c, h, w]. */
  private static boolean broadcastsPerChannel(Weights constant, int channels) {
    if (constant.size() == 1) {
      return constant.rank() <= 4;
    }
    int axis = constant.rank() - 3;
    return (axis == 0 || axis == 1)
        && constant.size() == channels
        && constant.dim(axis) == channels;
  }
}
