package io.facepipeline.onnx.graph.rewrite;

import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphEditor;
import io.facepipeline.onnx.graph.Node;
import io.facepipeline.onnx.graph.Weights;
import java.util.List;
import java.util.Optional;

/**
 * Folds a batch normalization into the convolution or dense layer in front of it. Exact, because
 * with fixed statistics both are affine per output channel: {@code s * (w x + b) + t = (s w) x + (s
 * b + t)}; products are taken in double and rounded once. A normalization that follows anything
 * else stays.
 */
public final class FoldBatchNorm implements GraphRewrite {
  @Override
  public String name() {
    return "fold-batch-norm";
  }

  @Override
  public Graph apply(Graph graph) {
    GraphEditor editor = graph.edit();
    for (Node node : editor.nodes()) {
      Optional<Node> layer = editor.producer(node.input(0));
      if (layer.isPresent()
          && editor.onlyConsumer(node.input(0)).filter(node::equals).isPresent()) {
        ChannelAffine.ofBatchNorm(editor, node)
            .ifPresent(affine -> fold(editor, layer.get(), node, affine));
      }
    }
    return editor.toGraph();
  }

  private static void fold(GraphEditor editor, Node layer, Node norm, ChannelAffine affine) {
    Weights weight = editor.weights(layer.input(1)).orElse(null);
    boolean biased = !layer.input(2).isEmpty();
    Weights bias = editor.weights(layer.input(2)).orElse(null);
    int axis = outputAxis(layer);
    if (axis < 0
        || weight == null
        || weight.rank() < 2
        || weight.dim(axis) != affine.channels()
        || (biased && (bias == null || bias.size() != affine.channels()))) {
      return;
    }
    int inner = axis == 0 ? weight.size() / affine.channels() : 1;
    double[] scale = affine.scale();
    float[] offsets = bias == null ? new float[scale.length] : bias.values();
    float[] shifted = new float[scale.length];
    for (int c = 0; c < shifted.length; c++) {
      shifted[c] = (float) (offsets[c] * scale[c] + affine.shift()[c]);
    }
    String newWeight =
        editor.addInitializer(layer.input(1) + ".folded", weight.scaled(scale, inner));
    String newBias =
        editor.addInitializer(layer.output() + ".bias.folded", Weights.vector(shifted));
    editor.replace(
        layer,
        layer.withInput(1, newWeight).withInput(2, newBias).withOutputs(List.of(norm.output())));
    editor.remove(norm);
  }

  /**
   * The weight's axis of output channels, or -1 where the node is no layer that can take a factor.
   */
  private static int outputAxis(Node layer) {
    if (layer.is("Conv")) {
      return 0;
    }
    boolean plainGemm =
        layer.is("Gemm")
            && layer.real("alpha", 1) == 1
            && layer.real("beta", 1) == 1
            && layer.integer("transA", 0) == 0;
    if (!plainGemm) {
      return -1;
    }
    return layer.integer("transB", 0) == 1 ? 0 : 1;
  }
}
