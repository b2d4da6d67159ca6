package io.facepipeline.embedding.architecture;

import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;
import java.util.List;
import java.util.stream.LongStream;

/**
 * ShuffleNetV2, 1.0x (Ma et al., ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture
 * Design, 2018) as github.com/pytorch/vision builds it ({@code
 * torchvision/models/shufflenetv2.py}).
 */
final class ShuffleNetV2 implements ImageNetwork.Trunk {
  private static final float EPSILON = 1e-5f;
  private static final Window POINT = Window.square(1, 1, 0);
  private static final int[] BLOCKS = {4, 8, 4};
  private static final int[] CHANNELS = {116, 232, 464};

  private ShuffleNetV2() {}

  static ImageNetwork network() {
    return new ImageNetwork("torchvision ShuffleNetV2 (x1.0)", "fc", 1024, new ShuffleNetV2());
  }

  @Override
  public <V> V features(Layers<V> layers, V x) {
    x = convRelu(layers, x, "conv1.", 0, 24, Window.square(3, 2, 1));
    x = layers.maxPool(x, Window.square(3, 2, 1));
    int inputs = 24;
    for (int stage = 0; stage < BLOCKS.length; stage++) {
      int half = CHANNELS[stage] / 2;
      for (int i = 0; i < BLOCKS[stage]; i++) {
        String name = "stage" + (stage + 2) + "." + i + ".";
        x =
            shuffle(
                layers,
                i == 0 ? down(layers, x, name, inputs, half) : unit(layers, x, name, half),
                half);
      }
      inputs = CHANNELS[stage];
    }
    x = convRelu(layers, x, "conv5.", 0, 1024, POINT);
    return layers.flatten(layers.globalAveragePool(x));
  }

  /** Both branches see everything, at half the side. */
  private static <V> V down(Layers<V> layers, V x, String name, int inputs, int half) {
    V first = depthwise(layers, x, name + "branch1.", 0, inputs, 2);
    first = convRelu(layers, first, name + "branch1.", 2, half, POINT);
    return layers.concat(1, List.of(first, branch(layers, x, name + "branch2.", half, 2)));
  }

  /** Half of the channels pass. */
  private static <V> V unit(Layers<V> layers, V x, String name, int half) {
    List<V> halves = layers.split(x, 1, half, half);
    V changed = branch(layers, halves.get(1), name + "branch2.", half, 1);
    return layers.concat(1, List.of(halves.get(0), changed));
  }

  private static <V> V branch(Layers<V> layers, V x, String name, int half, int stride) {
    x = convRelu(layers, x, name, 0, half, POINT);
    x = depthwise(layers, x, name, 3, half, stride);
    return convRelu(layers, x, name, 5, half, POINT);
  }

  /** Channels of the two halves in turn. */
  private static <V> V shuffle(Layers<V> layers, V x, int half) {
    return layers.gather(
        x, 1, LongStream.range(0, half).flatMap(i -> LongStream.of(i, half + i)).toArray());
  }

  private static <V> V depthwise(
      Layers<V> layers, V x, String name, int number, int channels, int stride) {
    x = layers.conv2d(x, name + number, channels, Window.square(3, stride, 1), channels, false);
    return layers.batchNorm(x, name + (number + 1), EPSILON);
  }

  private static <V> V convRelu(
      Layers<V> layers, V x, String name, int number, int channels, Window window) {
    x = layers.conv2d(x, name + number, channels, window, false);
    return layers.relu(layers.batchNorm(x, name + (number + 1), EPSILON));
  }
}
