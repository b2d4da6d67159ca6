package io.facepipeline.embedding.architecture;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * FaceNet's Inception-ResNet-v1 (Szegedy et al., Inception-v4, Inception-ResNet and the Impact of
 * Residual Connections on Learning, 2016; Schroff et al., FaceNet, 2015) as
 * github.com/timesler/facenet-pytorch builds it. The batch normalizations may have been folded into
 * the convolutions, which then have a bias.
 */
final class InceptionResnetV1 implements Architecture {
  private static final float EPSILON = 1e-3f;
  private static final float L2_EPSILON = 1e-12f;

  /** What the published networks know of a face, before the classes. */
  private static final int FEATURES = 512;

  private final Last last;

  /** What the network ends in. */
  private enum Last {
    /** Features of unit length. */
    UNIT,
    /** The features before, which losses see. */
    FEATURES,
    /** A number per class. */
    CLASSES
  }

  InceptionResnetV1() {
    this(Last.UNIT);
  }

  private InceptionResnetV1(Last last) {
    this.last = last;
  }

  @Override
  public String name() {
    return "InceptionResnetV1";
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    String layer = last == Last.CLASSES ? "logits" : "last_linear";
    return checkpoint.tensor(layer + ".weight").shape()[0];
  }

  @Override
  public List<String> ignoredPrefixes() {
    return last == Last.CLASSES ? List.of() : List.of("logits.");
  }

  @Override
  public Optional<Architecture> withClasses() {
    return Optional.of(new InceptionResnetV1(Last.CLASSES));
  }

  /** {@return the network before its features are brought to unit length} */
  @Override
  public Architecture inTraining() {
    return last == Last.UNIT ? new InceptionResnetV1(Last.FEATURES) : this;
  }

  @Override
  public <V> V forward(Layers<V> layers, V x, int outputs) {
    Network<V> network = new Network<>(layers);
    return switch (last) {
      case UNIT -> layers.l2Normalize(network.features(x, outputs), 1, L2_EPSILON);
      case FEATURES -> network.features(x, outputs);
      // The classifier was trained on the features before they are brought to unit length.
      case CLASSES ->
          layers.linear(network.features(x, FEATURES), "logits", FEATURES, outputs, true);
    };
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

  /** The network in one of the worlds. */
  private record Network<V>(Layers<V> layers) {
    V features(V x, int outputs) {
      x = valid(x, "conv2d_1a", 32, 3, 2);
      x = valid(x, "conv2d_2a", 32, 3, 1);
      x = same(x, "conv2d_2b", 64, 3, 3);
      x = layers.maxPool(x, Window.square(3, 2, 0));
      x = same(x, "conv2d_3b", 80, 1, 1);
      x = valid(x, "conv2d_4a", 192, 3, 1);
      x = valid(x, "conv2d_4b", 256, 3, 2);
      for (int i = 0; i < 5; i++) {
        x = layers.relu(block(x, "repeat_1." + i, SMALL, 0.17f));
      }
      x = reduction6a(x, "mixed_6a");
      for (int i = 0; i < 10; i++) {
        x = layers.relu(block(x, "repeat_2." + i, MIDDLE, 0.10f));
      }
      x = reduction7a(x, "mixed_7a");
      for (int i = 0; i < 5; i++) {
        x = layers.relu(block(x, "repeat_3." + i, LARGE, 0.20f));
      }
      x = block(x, "block8", LARGE, 1);
      x = layers.flatten(layers.globalAveragePool(x));
      boolean folded = isFolded("last_linear", "last_bn");
      x = layers.linear(x, "last_linear", 1792, outputs, folded);
      return folded ? x : layers.batchNorm(x, "last_bn", EPSILON);
    }

    /**
     * A residual block: a 1x1 convolution, further branches that also convolve in both directions
     * or along the rows and columns, a 1x1 convolution of all, scaled and added.
     */
    private V block(V x, String name, Branches form, float scale) {
      List<V> parts = new ArrayList<>(List.of(same(x, name + ".branch0", form.width, 1, 1)));
      for (int branch = 0; branch < form.kernels.size(); branch++) {
        String prefix = name + ".branch" + (branch + 1) + ".";
        V part = same(x, prefix + 0, form.width, 1, 1);
        int number = 1;
        for (int[] kernel : form.kernels.get(branch)) {
          part = same(part, prefix + number++, form.width, kernel[0], kernel[1]);
        }
        parts.add(part);
      }
      Window point = Window.square(1, 1, 0);
      V joined =
          layers.conv2d(layers.concat(1, parts), name + ".conv2d", form.channels, point, true);
      return layers.add(scale == 1 ? joined : layers.affine(joined, scale, 0), x);
    }

    private V reduction6a(V x, String name) {
      V inner = same(x, name + ".branch1.0", 192, 1, 1);
      inner = same(inner, name + ".branch1.1", 192, 3, 3);
      return layers.concat(
          1,
          List.of(
              valid(x, name + ".branch0", 384, 3, 2),
              valid(inner, name + ".branch1.2", 256, 3, 2),
              layers.maxPool(x, Window.square(3, 2, 0))));
    }

    private V reduction7a(V x, String name) {
      V first = same(x, name + ".branch0.0", 256, 1, 1);
      V second = same(x, name + ".branch1.0", 256, 1, 1);
      V third = same(x, name + ".branch2.0", 256, 1, 1);
      third = same(third, name + ".branch2.1", 256, 3, 3);
      return layers.concat(
          1,
          List.of(
              valid(first, name + ".branch0.1", 384, 3, 2),
              valid(second, name + ".branch1.1", 256, 3, 2),
              valid(third, name + ".branch2.2", 256, 3, 2),
              layers.maxPool(x, Window.square(3, 2, 0))));
    }

    /** A convolution within the image. */
    private V valid(V x, String name, int channels, int kernel, int stride) {
      return convolution(x, name, channels, Window.square(kernel, stride, 0));
    }

    /** A convolution with the padding that keeps the image's size. */
    private V same(V x, String name, int channels, int height, int width) {
      return convolution(x, name, channels, Window.of(height, width, 1, height / 2, width / 2));
    }

    private V convolution(V x, String name, int channels, Window window) {
      boolean folded = isFolded(name + ".conv", name + ".bn");
      x = layers.conv2d(x, name + ".conv", channels, window, folded);
      return layers.relu(folded ? x : layers.batchNorm(x, name + ".bn", EPSILON));
    }

    /** Whether a layer has a bias because it took the batch normalization behind it in. */
    private boolean isFolded(String layer, String norm) {
      return layers.has(layer + ".bias", false) && !layers.has(norm + ".weight", true);
    }
  }
}
