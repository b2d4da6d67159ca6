package io.facepipeline.embedding.architecture;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;
import java.util.List;

/**
 * Light CNN (Wu et al., A Light CNN for Deep Face Representation with Noisy Labels, 2018) in the
 * four forms of github.com/AlfredXiangWu/LightCNN. Its layers are max-feature-maps: a convolution
 * with twice the channels, of whose halves the greater counts. The classifier {@code fc2} is left
 * out.
 */
final class LightCnn implements Architecture {
  private static final int STAGES = 4;

  /** The channels of the images before each stage and behind the last. */
  private static final int[] WIDTHS = {48, 96, 192, 128, 128};

  private static final int FLAT = 8 * 8 * 128;

  private final String name;
  private final Form form;

  /** The published forms. */
  enum Form {
    /** Nine layers, maximum pooling. */
    LAYERS_9("fc1.filter.weight"),
    /** Residual blocks, maximum pooling. */
    LAYERS_29("fc.filter.weight"),
    /** Residual blocks, maximum plus average pooling, a plain dense layer. */
    LAYERS_29_V2("fc.weight"),
    /** As the one before, but for single convolutions instead of pairs between the blocks. */
    V4("fc.weight");

    private final String dense;

    Form(String dense) {
      this.dense = dense;
    }
  }

  LightCnn(String name, Form form) {
    this.name = name;
    this.form = form;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int inputChannels() {
    return form == Form.V4 ? 3 : 1;
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    int outputs = checkpoint.tensor(form.dense).shape()[0];
    return form.dense.contains("filter") ? outputs / 2 : outputs;
  }

  @Override
  public List<String> ignoredPrefixes() {
    return List.of("fc2.");
  }

  @Override
  public <V> V forward(Layers<V> layers, V x, int outputs) {
    return switch (form) {
      case LAYERS_9 ->
          greater(
              layers,
              layers.linear(nineLayers(layers, x), "fc1.filter", FLAT, 2 * outputs, true),
              outputs);
      case LAYERS_29 ->
          greater(
              layers,
              layers.linear(residual(layers, x), "fc.filter", FLAT, 2 * outputs, true),
              outputs);
      case LAYERS_29_V2, V4 -> layers.linear(residual(layers, x), "fc", FLAT, outputs, true);
    };
  }

  private <V> V nineLayers(Layers<V> layers, V x) {
    x = pool(layers, maxFeatureMap(layers, x, "features.0", 48, 5));
    x = pool(layers, pair(layers, x, "features.2", 48, 96));
    x = pool(layers, pair(layers, x, "features.4", 96, 192));
    x = pair(layers, x, "features.6", 192, 128);
    x = pool(layers, pair(layers, x, "features.7", 128, 128));
    return layers.flatten(x);
  }

  private <V> V residual(Layers<V> layers, V x) {
    x = pool(layers, maxFeatureMap(layers, x, "conv1", WIDTHS[0], form == Form.V4 ? 3 : 5));
    for (int stage = 1; stage <= STAGES; stage++) {
      int width = WIDTHS[stage - 1];
      // The first stage has one residual block, the second two, and so on.
      for (int i = 0; i < stage; i++) {
        String block = "block" + stage + "." + i;
        V inner = maxFeatureMap(layers, x, block + ".conv1", width, 3);
        x = layers.add(maxFeatureMap(layers, inner, block + ".conv2", width, 3), x);
      }
      x =
          form == Form.V4
              ? maxFeatureMap(layers, x, "conv" + (stage + 1), WIDTHS[stage], 3)
              : pair(layers, x, "group" + stage, width, WIDTHS[stage]);
      if (stage != STAGES - 1) {
        x = pool(layers, x);
      }
    }
    return layers.flatten(x);
  }

  private <V> V pool(Layers<V> layers, V x) {
    return switch (form) {
      case LAYERS_9, LAYERS_29 -> layers.maxPool(x, Window.square(2, 2, 0).ceiling());
      case LAYERS_29_V2, V4 ->
          layers.add(
              layers.maxPool(x, Window.square(2, 2, 0)),
              layers.averagePool(x, Window.square(2, 2, 0), false));
    };
  }

  private static <V> V pair(Layers<V> layers, V x, String name, int width, int out) {
    V inner = maxFeatureMap(layers, x, name + ".conv_a", width, 1);
    return maxFeatureMap(layers, inner, name + ".conv", out, 3);
  }

  private static <V> V maxFeatureMap(Layers<V> layers, V x, String name, int width, int kernel) {
    Window window = Window.square(kernel, 1, kernel / 2);
    return greater(layers, layers.conv2d(x, name + ".filter", 2 * width, window, true), width);
  }

  /** The greater of the two halves of a layer's channels. */
  private static <V> V greater(Layers<V> layers, V x, int half) {
    List<V> halves = layers.split(x, 1, half, half);
    return layers.max(halves.get(0), halves.get(1));
  }
}
