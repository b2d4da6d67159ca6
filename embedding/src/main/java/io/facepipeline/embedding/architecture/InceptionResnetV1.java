package io.facepipeline.embedding.architecture;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.emit.LayerEmitter;
import io.facepipeline.onnx.emit.Operators;
import io.facepipeline.onnx.emit.Value;
import io.facepipeline.onnx.emit.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * FaceNet's Inception-ResNet-v1 (Szegedy et al., Inception-v4, Inception-ResNet and the Impact of
 * Residual Connections on Learning, 2016; Schroff et al., FaceNet, 2015) as
 * github.com/timesler/facenet-pytorch builds it. The batch normalizations may have been folded into
 * the convolutions, which then have a bias.
 */
final class InceptionResnetV1 implements Architecture {
  private static final float EPSILON = 1e-3f;
  private static final float L2_EPSILON = 1e-12f;

  /** Whether it gives numbers for classes, not what it knows of an image before them. */
  private final boolean classes;

  InceptionResnetV1() {
    this(false);
  }

  private InceptionResnetV1(boolean classes) {
    this.classes = classes;
  }

  @Override
  public String name() {
    return "InceptionResnetV1";
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    String last = classes ? "logits.weight" : "last_linear.weight";
    return checkpoint.tensor(last).shape()[0];
  }

  @Override
  public List<String> ignoredPrefixes() {
    return classes ? List.of() : List.of("logits.");
  }

  @Override
  public Optional<Architecture> withClasses() {
    return Optional.of(new InceptionResnetV1(true));
  }

  @Override
  public Value emit(LayerEmitter layers, Value x) {
    Value features = new Emission(layers).network(x);
    // The classifier was trained on the features before they are brought to unit length.
    return classes
        ? layers.dense(features, "logits", LayerEmitter.ANY)
        : layers.graph().l2Normalize(features, 1, L2_EPSILON);
  }

  /**
   * The branches of a residual block beside its first.
   *
   * @param channels of the images that it takes and gives
   * @param width the channels of a branch
   * @param kernels height and width of each branch's convolutions behind its first
   */
  private record Branches(int channels, int width, List<List<int[]>> kernels) {}

  private static final Branches SMALL =
      new Branches(
          256,
          32,
          List.of(List.<int[]>of(new int[] {3, 3}), List.of(new int[] {3, 3}, new int[] {3, 3})));

  private static final Branches MIDDLE =
      new Branches(896, 128, List.of(List.of(new int[] {1, 7}, new int[] {7, 1})));

  private static final Branches LARGE =
      new Branches(1792, 192, List.of(List.of(new int[] {1, 3}, new int[] {3, 1})));

  /** One emission, which knows what the checkpoint has. */
  private static final class Emission {
    private final LayerEmitter layers;
    private final Operators graph;
    private final Set<String> names;

    Emission(LayerEmitter layers) {
      this.layers = layers;
      graph = layers.graph();
      names = Set.copyOf(layers.unused());
    }

    Value network(Value x) {
      x = valid(x, "conv2d_1a", 32, 3, 2);
      x = valid(x, "conv2d_2a", 32, 3, 1);
      x = same(x, "conv2d_2b", 64, 3, 3);
      x = graph.maxPool(x, 3, 2, 0, false);
      x = same(x, "conv2d_3b", 80, 1, 1);
      x = valid(x, "conv2d_4a", 192, 3, 1);
      x = valid(x, "conv2d_4b", 256, 3, 2);
      for (int i = 0; i < 5; i++) {
        x = graph.relu(block(x, "repeat_1." + i, SMALL, 0.17f));
      }
      x = reduction6a(x, "mixed_6a");
      for (int i = 0; i < 10; i++) {
        x = graph.relu(block(x, "repeat_2." + i, MIDDLE, 0.10f));
      }
      x = reduction7a(x, "mixed_7a");
      for (int i = 0; i < 5; i++) {
        x = graph.relu(block(x, "repeat_3." + i, LARGE, 0.20f));
      }
      x = block(x, "block8", LARGE, 1);
      x = layers.dense(graph.flatten(graph.globalAveragePool(x)), "last_linear", 1792);
      return normalised(x, "last_bn");
    }

    /**
     * A residual block: a 1x1 convolution, further branches that also convolve in both directions
     * or along the rows and columns, a 1x1 convolution of all, scaled and added.
     */
    private Value block(Value x, String name, Branches form, float scale) {
      List<Value> parts = new ArrayList<>(List.of(same(x, name + ".branch0", form.width, 1, 1)));
      for (int branch = 0; branch < form.kernels.size(); branch++) {
        String prefix = name + ".branch" + (branch + 1) + ".";
        Value part = same(x, prefix + 0, form.width, 1, 1);
        int number = 1;
        for (int[] kernel : form.kernels.get(branch)) {
          part = same(part, prefix + number++, form.width, kernel[0], kernel[1]);
        }
        parts.add(part);
      }
      Window point = Window.square(1, 1, 0);
      Value joined = layers.conv(concat(parts), name + ".conv2d", form.channels, point, 1);
      return graph.add(scale == 1 ? joined : graph.affine(joined, scale, 0), x);
    }

    private Value reduction6a(Value x, String name) {
      Value inner = same(x, name + ".branch1.0", 192, 1, 1);
      inner = same(inner, name + ".branch1.1", 192, 3, 3);
      return concat(
          List.of(
              valid(x, name + ".branch0", 384, 3, 2),
              valid(inner, name + ".branch1.2", 256, 3, 2),
              graph.maxPool(x, 3, 2, 0, false)));
    }

    private Value reduction7a(Value x, String name) {
      Value first = same(x, name + ".branch0.0", 256, 1, 1);
      Value second = same(x, name + ".branch1.0", 256, 1, 1);
      Value third = same(x, name + ".branch2.0", 256, 1, 1);
      third = same(third, name + ".branch2.1", 256, 3, 3);
      return concat(
          List.of(
              valid(first, name + ".branch0.1", 384, 3, 2),
              valid(second, name + ".branch1.1", 256, 3, 2),
              valid(third, name + ".branch2.2", 256, 3, 2),
              graph.maxPool(x, 3, 2, 0, false)));
    }

    private Value concat(List<Value> parts) {
      return graph.concat(1, parts.toArray(new Value[0]));
    }

    /** A convolution within the image. */
    private Value valid(Value x, String name, int channels, int kernel, int stride) {
      return convolution(x, name, channels, Window.square(kernel, stride, 0));
    }

    /** A convolution with the padding that keeps the image's size. */
    private Value same(Value x, String name, int channels, int height, int width) {
      return convolution(x, name, channels, Window.of(height, width, 1, height / 2, width / 2));
    }

    private Value convolution(Value x, String name, int channels, Window window) {
      Value convolved = layers.conv(x, name + ".conv", channels, window, 1);
      return graph.relu(normalised(convolved, name + ".bn"));
    }

    /** The batch normalization, unless the layer before has a bias because it took it in. */
    private Value normalised(Value x, String name) {
      String before =
          name.endsWith(".bn") ? name.substring(0, name.length() - 2) + "conv" : "last_linear";
      boolean folded = names.contains(before + ".bias") && !names.contains(name + ".weight");
      return folded ? x : layers.batchNorm(x, name, EPSILON);
    }
  }
}
