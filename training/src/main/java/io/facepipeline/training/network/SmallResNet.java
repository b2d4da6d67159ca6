package io.facepipeline.training.network;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A small residual network (He et al. 2016) for training from scratch: a convolution of 16
 * channels, stages of two basic blocks that halve the images and double the channels, and the mean
 * over what is left. With three stages, for images of 48x48, it has 0.7 million parameters.
 *
 * @param channels of the images, 1 or 3
 * @param stages how often the blocks halve the images
 * @param halved whether the first convolution halves them too
 */
record SmallResNet(int channels, int stages, boolean halved) implements Architecture {
  private static final float EPSILON = 1e-5f;
  private static final int FIRST_WIDTH = 16;
  private static final int BLOCKS = 2;

  /** From this side on the first convolution halves the images. */
  private static final int LARGE = 96;

  private static final int LAST_SIDE = 4;

  /** A block begins as nearly nothing, so that the depth does not matter at first. */
  private static final float BLOCK_GAIN = 0.2f;

  private static final Pattern NAME = Pattern.compile("SmallResNet-(\\d)(-halved)?(-grey)?");

  /** {@return the network for images of a size; its last images are 4 to 7 pixels wide} */
  static SmallResNet of(int side, int channels) {
    boolean halved = side >= LARGE;
    int stages = 1;
    for (int left = (halved ? side / 2 : side) / 2; left >= 2 * LAST_SIDE; left /= 2) {
      stages++;
    }
    return new SmallResNet(channels, stages, halved);
  }

  /** {@return the network with a name, if it is one of these} */
  static Optional<SmallResNet> named(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches()
        ? Optional.of(
            new SmallResNet(
                matcher.group(3) == null ? 3 : 1,
                Integer.parseInt(matcher.group(1)),
                matcher.group(2) != null))
        : Optional.empty();
  }

  @Override
  public String name() {
    return "SmallResNet-" + stages + (halved ? "-halved" : "") + (channels == 1 ? "-grey" : "");
  }

  @Override
  public int inputChannels() {
    return channels;
  }

  /** {@return the number of features} */
  int features() {
    return FIRST_WIDTH << stages;
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    return features();
  }

  @Override
  public <V> V forward(Layers<V> layers, V x, int outputs) {
    x = layers.conv2d(x, "stem", FIRST_WIDTH, Window.square(3, halved ? 2 : 1, 1), false);
    x = layers.relu(layers.batchNorm(x, "stem.norm", EPSILON));
    for (int stage = 1; stage <= stages; stage++) {
      for (int block = 0; block < BLOCKS; block++) {
        x = block(layers, x, "stage" + stage + "." + block, FIRST_WIDTH << stage, block == 0);
      }
    }
    return layers.flatten(layers.globalAveragePool(x));
  }

  private static <V> V block(Layers<V> layers, V x, String name, int width, boolean halves) {
    V inner = layers.relu(normalized(layers, x, name + ".a", width, halves ? 2 : 1, 1));
    inner = normalized(layers, inner, name + ".b", width, 1, BLOCK_GAIN);
    V shortcut = x;
    if (halves) {
      shortcut = layers.conv2d(x, name + ".short", width, Window.square(1, 2, 0), false);
      shortcut = layers.batchNorm(shortcut, name + ".short.norm", EPSILON);
    }
    return layers.relu(layers.add(inner, shortcut));
  }

  private static <V> V normalized(
      Layers<V> layers, V x, String name, int width, int stride, float gain) {
    x = layers.conv2d(x, name, width, Window.square(3, stride, 1), false);
    return layers.batchNorm(x, name + ".norm", EPSILON, gain);
  }
}
