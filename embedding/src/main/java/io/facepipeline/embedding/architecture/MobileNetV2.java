package io.facepipeline.embedding.architecture;

import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;

/**
 * MobileNetV2 (Sandler et al., MobileNetV2: Inverted Residuals and Linear Bottlenecks, 2018) as
 * github.com/pytorch/vision builds it ({@code torchvision/models/mobilenetv2.py}).
 */
final class MobileNetV2 implements ImageNetwork.Trunk {
  private static final float EPSILON = 1e-5f;
  private static final Window POINT = Window.square(1, 1, 0);

  /** Blocks, first stride, widening and channels of each stage. */
  private static final int[][] STAGES = {
    {1, 1, 1, 16},
    {2, 2, 6, 24},
    {3, 2, 6, 32},
    {4, 2, 6, 64},
    {3, 1, 6, 96},
    {3, 2, 6, 160},
    {1, 1, 6, 320}
  };

  private MobileNetV2() {}

  static ImageNetwork network() {
    return new ImageNetwork("torchvision MobileNetV2", "classifier.1", 1280, new MobileNetV2());
  }

  @Override
  public <V> V features(Layers<V> layers, V x) {
    int channels = 32;
    int number = 0;
    x = convRelu6(layers, x, "features.0.", channels, Window.square(3, 2, 1), 1);
    for (int[] stage : STAGES) {
      for (int i = 0; i < stage[0]; i++) {
        number++;
        int stride = i == 0 ? stage[1] : 1;
        String name = "features." + number + ".conv.";
        V inner = inverted(layers, x, name, channels * stage[2], stage[2] > 1, stride, stage[3]);
        x = stride == 1 && channels == stage[3] ? layers.add(x, inner) : inner;
        channels = stage[3];
      }
    }
    x = convRelu6(layers, x, "features." + (number + 1) + ".", 1280, POINT, 1);
    return layers.flatten(layers.globalAveragePool(x));
  }

  private static <V> V inverted(
      Layers<V> layers, V x, String name, int width, boolean widens, int stride, int out) {
    int number = 0;
    if (widens) {
      x = convRelu6(layers, x, name + number++ + ".", width, POINT, 1);
    }
    x = convRelu6(layers, x, name + number++ + ".", width, Window.square(3, stride, 1), width);
    x = layers.conv2d(x, name + number++, out, POINT, false);
    return layers.batchNorm(x, name + number, EPSILON);
  }

  private static <V> V convRelu6(
      Layers<V> layers, V x, String name, int channels, Window window, int groups) {
    x =
        layers.batchNorm(
            layers.conv2d(x, name + 0, channels, window, groups, false), name + 1, EPSILON);
    return layers.clip(x, 0, 6);
  }
}
