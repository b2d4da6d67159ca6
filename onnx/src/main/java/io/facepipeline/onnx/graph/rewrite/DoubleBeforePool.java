package io.facepipeline.onnx.graph.rewrite;

import io.facepipeline.onnx.graph.Attribute;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphEditor;
import io.facepipeline.onnx.graph.Node;
import io.facepipeline.onnx.graph.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Moves a maximum pooling in front of a PReLU with negative slopes, which a pooling does not
 * commute with. A negative slope {@code a} makes the PReLU {@code max(x, a x)}, whose pooled
 * maximum is that of the pooled {@code x} and the pooled {@code a x}. Behind a convolution both can
 * be had: the channels with a negative slope are computed twice, the second time with filters times
 * {@code a}. A slope above 1 makes it a minimum; such a channel is given to the next convolution
 * with the other sign. Exact up to rounding.
 *
 * <p>Done where the doubles find room in the last block of 16 channels, which the convolution
 * computes anyway (P-Net: 10 channels become 16); elsewhere it gains nothing.
 */
public final class DoubleBeforePool implements GraphRewrite {
  private static final int BLOCK = 16;

  @Override
  public String name() {
    return "double-before-pool";
  }

  @Override
  public Graph apply(Graph graph) {
    GraphEditor editor = graph.edit();
    for (Node pool : editor.nodes()) {
      if (pool.is("MaxPool") && pool.outputs().size() == 1) {
        editor
            .producer(pool.input(0))
            .filter(n -> editor.onlyConsumer(n.output()).isPresent())
            .ifPresent(n -> rewrite(editor, n, pool));
      }
    }
    return editor.toGraph();
  }

  private static void rewrite(GraphEditor editor, Node activation, Node pool) {
    Weights slope = editor.weights(activation.input(1)).orElse(null);
    if (activation.is("PRelu")
        && slope != null
        && slope.rank() == 3
        && slope.dim(0) == slope.size()
        && negatives(slope).length > 0
        && mayFlip(editor, pool, slope)) {
      layer(editor, activation, slope)
          .ifPresent(conv -> rewrite(editor, conv, activation, pool, slope));
    }
  }

  /** The channels with a negative slope; counting minus zero, which turns the sign of a zero. */
  private static int[] negatives(Weights slope) {
    return IntStream.range(0, slope.size())
        .filter(c -> Float.floatToRawIntBits(slope.values()[c]) < 0)
        .toArray();
  }

  /** The convolution in front, where its negative channels can be doubled at no cost. */
  private static Optional<Node> layer(GraphEditor editor, Node activation, Weights slope) {
    int channels = slope.size();
    int doubled = channels + negatives(slope).length;
    return editor
        .producer(activation.input(0))
        .filter(
            n ->
                n.integer("group", 1) == 1
                    && editor.onlyConsumer(n.output()).isPresent()
                    && ConvWeights.of(editor, n).filter(w -> w.outputs() == channels).isPresent()
                    && (doubled + BLOCK - 1) / BLOCK == (channels + BLOCK - 1) / BLOCK);
  }

  /** Whether no channel needs the other sign, or a convolution follows that can undo it. */
  private static boolean mayFlip(GraphEditor editor, Node pool, Weights slope) {
    return flipped(slope).length == 0
        || editor
            .onlyConsumer(pool.output())
            .filter(n -> n.integer("group", 1) == 1 && ConvWeights.of(editor, n).isPresent())
            .isPresent();
  }

  private static int[] flipped(Weights slope) {
    return IntStream.range(0, slope.size()).filter(c -> slope.values()[c] > 1).toArray();
  }

  private static void rewrite(
      GraphEditor editor, Node conv, Node activation, Node pool, Weights slope) {
    int[] flipped = flipped(slope);
    if (flipped.length > 0) {
      Node next = editor.onlyConsumer(pool.output()).orElseThrow();
      ConvWeights weights = ConvWeights.of(editor, next).orElseThrow();
      editor.replace(next, weights.withFlippedInputs(flipped).into(editor, next, "flipped"));
    }
    Mixture mixture = new Mixture(slope);
    ConvWeights weights = ConvWeights.of(editor, conv).orElseThrow();
    ConvWeights wide = weights.withMultiples(mixture.negative, mixture.factors);
    String base = pool.output();
    String x = editor.fresh(conv.output() + ".doubled");
    String pooled = editor.fresh(base + ".pooled");
    String kept = editor.fresh(base + ".kept");
    String gained = editor.fresh(base + ".gained");
    String positive = editor.fresh(base + ".positive");
    editor.replace(conv, wide.into(editor, conv, "doubled").withOutputs(List.of(x)));
    editor.remove(activation);
    editor.replace(
        pool,
        pool.withInput(0, x).withOutputs(List.of(pooled)),
        mix(editor, pooled, base + ".gain", mixture.matrix(mixture.gain), gained),
        new Node("Relu", List.of(gained), List.of(positive), Map.of()),
        mix(editor, pooled, base + ".keep", mixture.matrix(mixture.keep), kept),
        new Node("Add", List.of(kept, positive), List.of(base), Map.of()));
  }

  private static Node mix(
      GraphEditor editor, String x, String name, Weights matrix, String result) {
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    attributes.put("kernel_shape", Attribute.ints(1, 1));
    return new Node(
        "Conv", List.of(x, editor.addInitializer(name, matrix)), List.of(result), attributes);
  }

  /** What becomes of the pooled channels p, the doubles last: {@code keep p + relu(gain p)}. */
  private static final class Mixture {
    final int[] negative;
    final float[] factors;
    final float[] keep;
    final float[] gain;
    private final int channels;

    Mixture(Weights slope) {
      channels = slope.size();
      negative = negatives(slope);
      int width = channels + negative.length;
      factors = new float[negative.length];
      keep = new float[channels * width];
      gain = new float[channels * width];
      for (int c = 0; c < channels; c++) {
        double a = slope.values()[c];
        keep[c * width + c] = (float) (a > 1 ? -a : a);
        gain[c * width + c] = (float) Math.abs(1 - a);
      }
      for (int k = 0; k < negative.length; k++) {
        int c = negative[k];
        factors[k] = slope.values()[c];
        keep[c * width + c] = 1;
        gain[c * width + c] = -1;
        gain[c * width + channels + k] = 1;
      }
    }

    Weights matrix(float[] values) {
      return new Weights(new int[] {channels, values.length / channels, 1, 1}, values);
    }
  }
}
