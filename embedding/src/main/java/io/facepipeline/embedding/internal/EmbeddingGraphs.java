package io.facepipeline.embedding.internal;

import io.facepipeline.CropSpec;
import io.facepipeline.ModelCard;
import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.Dim;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.GraphSurgery;
import io.facepipeline.onnx.graph.LayerEmitter;
import io.facepipeline.onnx.graph.Port;
import io.facepipeline.onnx.graph.Tensor;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.internal.CardMetadata;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Makes models that take raw crops and give unit vectors: what a network was trained on (the order
 * of the channels, their scaling) becomes its first operations, the unit length its last, and the
 * card its metadata.
 */
public final class EmbeddingGraphs {
  /** Crops as planes of red, green and blue, 0 to 255: [n, 3, height, width]. */
  public static final String INPUT = "rgb";

  /** The network's own output, [n, embedding size]: what test-time augmentation adds up. */
  public static final String FEATURES = "features";

  /** The features brought to unit length. */
  public static final String EMBEDDING = "embedding";

  /** ITU-R BT.601, as OpenCV and Pillow turn color to grey. */
  private static final Weights LUMA =
      new Weights(new int[] {1, 3, 1, 1}, new float[] {0.299f, 0.587f, 0.114f});

  private static final float L2_EPSILON = 1e-12f;

  private EmbeddingGraphs() {}

  /** Emits a network from a checkpoint that fits it, with all around it. */
  public static Graph emit(Architecture architecture, Checkpoint checkpoint, ModelCard card) {
    LayerEmitter graph = new LayerEmitter(card.id(), checkpoint);
    Value rgb = graph.input(INPUT, -1, 3, card.crop().height(), card.crop().width());
    Value features =
        architecture.forward(
            graph, preprocess(graph, rgb, card), architecture.outputSize(checkpoint));
    graph.requireFinite();
    graph.output(features, FEATURES, -1, card.embeddingSize());
    graph.output(
        graph.named("unit").l2Normalize(features, 1, L2_EPSILON),
        EMBEDDING,
        -1,
        card.embeddingSize());
    CardMetadata.write(card).forEach(graph::metadata);
    return graph.build();
  }

  /** Puts all around a network that somebody else has emitted. */
  public static Graph wrap(Graph network, ModelCard card, String source) {
    Port input = only(network.dataInputs(), "input", source);
    Port output = only(network.outputs(), "output", source);
    boolean nhwc = isChannelsLast(input, card, source);
    Port replacement = Port.floats(INPUT, -1, 3, card.crop().height(), card.crop().width());
    Graph wrapped =
        GraphSurgery.prepend(
            network,
            input.name(),
            replacement,
            (graph, rgb) -> {
              Value x = preprocess(graph, rgb, card);
              return nhwc ? graph.transpose(x, 0, 2, 3, 1) : x;
            });
    requireVector(output, card, source);
    wrapped = GraphSurgery.renameOutput(wrapped, output.name(), FEATURES);
    wrapped =
        GraphSurgery.derive(
            wrapped,
            FEATURES,
            EMBEDDING,
            (graph, features) -> graph.named("unit").l2Normalize(features, 1, L2_EPSILON));
    return withCard(wrapped, card);
  }

  /** Puts a card into a model's metadata, in the place of one that it has. */
  public static Graph withCard(Graph model, ModelCard card) {
    Graph carded = model;
    for (Map.Entry<String, String> entry : CardMetadata.write(card).entrySet()) {
      carded = GraphSurgery.withMetadata(carded, entry.getKey(), entry.getValue());
    }
    return carded;
  }

  private static Value preprocess(GraphBuilder graph, Value rgb, ModelCard card) {
    CropSpec crop = card.crop();
    return preprocess(
        graph,
        rgb,
        new CatalogEntry.Input(
            crop.width(),
            crop.height(),
            crop.rule(),
            card.colorOrder(),
            card.mean(),
            card.deviation(),
            card.whitened()));
  }

  /** Turns raw planes of red, green and blue into what a network was trained on. */
  public static Value preprocess(GraphBuilder graph, Value rgb, CatalogEntry.Input input) {
    ModelCard.ColorOrder order = input.colorOrder();
    Value x = ordered(graph, rgb, order);
    if (input.whitened()) {
      int numbers = order.channels() * input.height() * input.width();
      return whitened(graph, x, order.channels(), numbers);
    }
    List<Float> mean = input.mean();
    List<Float> deviation = input.deviation();
    int channels = order.channels();
    float[] scale = new float[channels];
    float[] shift = new float[channels];
    for (int c = 0; c < channels; c++) {
      float divisor = deviation.get(deviation.size() == 1 ? 0 : c);
      scale[c] = 1 / divisor;
      shift[c] = -mean.get(mean.size() == 1 ? 0 : c) / divisor;
    }
    return graph.named("scaling").affine(x, Weights.vector(scale), Weights.vector(shift));
  }

  private static Value ordered(GraphBuilder graph, Value rgb, ModelCard.ColorOrder order) {
    return switch (order) {
      case RGB -> rgb;
      case BGR -> graph.named("bgr").gather(rgb, 1, 2, 1, 0);
      case GREY -> graph.named("grey").conv(rgb, LUMA, null, 1, 0, 1);
    };
  }

  /** By the mean and the deviation of each crop's own numbers, all channels together. */
  private static Value whitened(GraphBuilder graph, Value x, int channels, int numbers) {
    Value mean = mean(graph, "whitening.mean", x, channels);
    Value centered = graph.named("whitening.centered").sub(x, mean);
    Value squares = graph.named("whitening.squares").mul(centered, centered);
    Value variance = mean(graph, "whitening.variance", squares, channels);
    Value least =
        graph.constant("whitening.least", new float[] {(float) (1 / Math.sqrt(numbers))}, 1);
    Value deviation = graph.named("whitening.root").sqrt(variance);
    Value divisor = graph.named("whitening.deviation").max(deviation, least);
    return graph.named("whitening").div(centered, divisor);
  }

  /** Of each crop, [n, 1, 1, 1]. */
  private static Value mean(GraphBuilder graph, String name, Value x, int channels) {
    float[] equal = new float[channels];
    Arrays.fill(equal, 1f / channels);
    Weights mix = new Weights(new int[] {1, channels, 1, 1}, equal);
    Value ofChannels = graph.named(name + ".channels").globalAveragePool(x);
    return graph.named(name).conv(ofChannels, mix, null, 1, 0, 1);
  }

  private static boolean isChannelsLast(Port input, ModelCard card, String source) {
    int channels = card.colorOrder().channels();
    int height = card.crop().height();
    int width = card.crop().width();
    List<Dim> dims = input.dims();
    if (input.elementType() == Tensor.FLOAT && dims != null && dims.size() == 4) {
      if (fits(dims.get(1), channels) && fits(dims.get(2), height) && fits(dims.get(3), width)) {
        return false;
      }
      if (fits(dims.get(1), height) && fits(dims.get(2), width) && fits(dims.get(3), channels)) {
        return true;
      }
    }
    throw new MalformedModelException(
        source
            + ": the card asks for a float input of [n, "
            + channels
            + ", "
            + height
            + ", "
            + width
            + "] or with the channels last, but the model has "
            + input
            + "; correct the card's crop or color order");
  }

  private static void requireVector(Port output, ModelCard card, String source) {
    List<Dim> dims = output.dims();
    boolean vector = dims == null || (dims.size() == 2 && fits(dims.get(1), card.embeddingSize()));
    if (output.elementType() != Tensor.FLOAT || !vector) {
      throw new MalformedModelException(
          source
              + ": the card asks for a float output of [n, "
              + card.embeddingSize()
              + "], but the model has "
              + output
              + "; correct the card's embedding size");
    }
  }

  private static Port only(List<Port> ports, String what, String source) {
    if (ports.size() != 1) {
      throw new MalformedModelException(
          source
              + ": an embedding model needs one "
              + what
              + ", but this one has "
              + ports.size()
              + ": "
              + ports.stream().map(Port::name).toList());
    }
    return ports.get(0);
  }

  private static boolean fits(Dim dim, int size) {
    return dim.size() < 0 || dim.size() == size;
  }
}
