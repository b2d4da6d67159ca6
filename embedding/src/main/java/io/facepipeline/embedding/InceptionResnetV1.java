package io.facepipeline.embedding;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.emit.LayerEmitter;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * FaceNet's Inception-ResNet-v1 (Szegedy et al., Inception-v4, Inception-ResNet and the Impact of
 * Residual Connections on Learning, 2016; Schroff et al., FaceNet, 2015) as
 * github.com/timesler/facenet-pytorch builds it. The batch normalisations may have been folded into
 * the convolutions, which then have a bias.
 */
final class InceptionResnetV1 implements Architecture {
  private static final float EPSILON = 1e-3f;
  private static final float L2_EPSILON = 1e-12f;

  private final Head head;

  InceptionResnetV1() {
    this(Head.FEATURES);
  }

  InceptionResnetV1(Head head) {
    this.head = head;
  }

  @Override
  public String architecture() {
    return "InceptionResnetV1";
  }

  @Override
  public boolean matches(Checkpoint checkpoint) {
    return checkpoint.contains("conv2d_4b.conv.weight")
        && checkpoint.contains("block8.conv2d.weight")
        && checkpoint.contains("last_linear.weight")
        && (head == Head.FEATURES || checkpoint.contains("logits.weight"));
  }

  @Override
  public int embeddingSize(Checkpoint checkpoint) {
    String last = head == Head.FEATURES ? "last_linear.weight" : "logits.weight";
    return checkpoint.tensor(last).shape()[0];
  }

  @Override
  public List<String> ignoredPrefixes() {
    return head == Head.FEATURES ? List.of("logits.") : List.of();
  }

  @Override
  public Value emit(LayerEmitter layers, Value x) {
    Value features = new Emission(layers).network(x);
    // The classifier was trained on the features before they are brought to unit length.
    return head == Head.FEATURES
        ? layers.graph().l2Normalize(features, 1, L2_EPSILON)
        : layers.dense(features, "logits");
  }

  /** One emission, which knows what the checkpoint has. */
  private static final class Emission {
    private final LayerEmitter layers;
    private final GraphBuilder graph;
    private final Set<String> names;

    Emission(LayerEmitter layers) {
      this.layers = layers;
      graph = layers.graph();
      names = Set.copyOf(layers.unused());
    }

    Value network(Value x) {
      x = valid(x, "conv2d_1a", 2);
      x = valid(x, "conv2d_2a", 1);
      x = same(x, "conv2d_2b");
      x = graph.maxPool(x, 3, 2, 0, false);
      x = same(x, "conv2d_3b");
      x = valid(x, "conv2d_4a", 1);
      x = valid(x, "conv2d_4b", 2);
      for (int i = 0; i < 5; i++) {
        x = graph.relu(block(x, "repeat_1." + i, 3, 0.17f));
      }
      x = reduction6a(x, "mixed_6a");
      for (int i = 0; i < 10; i++) {
        x = graph.relu(block(x, "repeat_2." + i, 2, 0.10f));
      }
      x = reduction7a(x, "mixed_7a");
      for (int i = 0; i < 5; i++) {
        x = graph.relu(block(x, "repeat_3." + i, 2, 0.20f));
      }
      x = block(x, "block8", 2, 1);
      x = layers.dense(graph.flatten(graph.globalAveragePool(x)), "last_linear");
      return normalised(x, "last_bn");
    }

    /**
     * A residual block: a 1x1 convolution, further branches that also convolve along the rows and
     * columns, a 1x1 convolution of all, scaled and added.
     */
    private Value block(Value x, String name, int branches, float scale) {
      List<Value> parts = new ArrayList<>(List.of(same(x, name + ".branch0")));
      for (int branch = 1; branch < branches; branch++) {
        Value part = x;
        // Of three branches the first has one 3x3 convolution; the others have two.
        int convolutions = branches == 3 && branch == 1 ? 2 : 3;
        for (int i = 0; i < convolutions; i++) {
          part = same(part, name + ".branch" + branch + "." + i);
        }
        parts.add(part);
      }
      Value joined = layers.conv(concat(parts), name + ".conv2d", 1, 0, 1);
      return graph.add(scale == 1 ? joined : graph.affine(joined, scale, 0), x);
    }

    private Value reduction6a(Value x, String name) {
      Value inner = same(same(x, name + ".branch1.0"), name + ".branch1.1");
      return concat(
          List.of(
              valid(x, name + ".branch0", 2),
              valid(inner, name + ".branch1.2", 2),
              graph.maxPool(x, 3, 2, 0, false)));
    }

    private Value reduction7a(Value x, String name) {
      Value inner = same(same(x, name + ".branch2.0"), name + ".branch2.1");
      return concat(
          List.of(
              valid(same(x, name + ".branch0.0"), name + ".branch0.1", 2),
              valid(same(x, name + ".branch1.0"), name + ".branch1.1", 2),
              valid(inner, name + ".branch2.2", 2),
              graph.maxPool(x, 3, 2, 0, false)));
    }

    private Value concat(List<Value> parts) {
      return graph.concat(1, parts.toArray(new Value[0]));
    }

    /** A convolution within the image. */
    private Value valid(Value x, String name, int stride) {
      return graph.relu(normalised(layers.conv(x, name + ".conv", stride, 0, 1), name + ".bn"));
    }

    /** A convolution with the padding that keeps the image's size. */
    private Value same(Value x, String name) {
      Weights weight = layers.weights(name + ".conv.weight");
      int height = weight.dim(2);
      int width = weight.dim(3);
      String bias = name + ".conv.bias";
      Value convolved =
          graph
              .named(name + ".conv")
              .conv(
                  x,
                  weight,
                  names.contains(bias) ? layers.weights(bias) : null,
                  Window.of(height, width, 1, height / 2, width / 2),
                  1);
      return graph.relu(normalised(convolved, name + ".bn"));
    }

    /** The batch normalisation, unless the layer before has a bias because it took it in. */
    private Value normalised(Value x, String name) {
      String before =
          name.endsWith(".bn") ? name.substring(0, name.length() - 2) + "conv" : "last_linear";
      boolean folded = names.contains(before + ".bias") && !names.contains(name + ".weight");
      return folded ? x : layers.batchNorm(x, name, EPSILON);
    }
  }
}
