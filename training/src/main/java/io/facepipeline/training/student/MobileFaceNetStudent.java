package io.facepipeline.training.student;

import java.util.random.RandomGenerator;
import org.bytedeco.pytorch.Tensor;

/**
 * MobileFaceNet (Chen et al., MobileFaceNets: Efficient CNNs for Accurate Real-Time Face
 * Verification on Mobile Devices, 2018) with the layers and names of face.evoLVe ({@code
 * backbone/MobileFaceNets.py}), for crops of 112x112.
 */
public final class MobileFaceNetStudent extends LayerStudent {
  private final int dimensions;

  /**
   * Creates a network with random weights.
   *
   * @param dimensions the dimensions of an embedding
   * @param half whether convolutions run in bfloat16
   */
  public MobileFaceNetStudent(int dimensions, boolean half, RandomGenerator random) {
    super(112, half, random);
    this.dimensions = dimensions;
    build();
  }

  @Override
  Tensor features(Tensor images) {
    Tensor x = convBlock(images, "conv1", 64, 3, 2, 1, 1);
    x = convBlock(x, "conv2_dw", 64, 3, 1, 1, 64);
    x = depthwise(x, "conv_23", 64, 2, 128);
    x = residual(x, "conv_3", 4, 128);
    x = depthwise(x, "conv_34", 128, 2, 256);
    x = residual(x, "conv_4", 6, 256);
    x = depthwise(x, "conv_45", 128, 2, 512);
    x = residual(x, "conv_5", 2, 256);
    x = convBlock(x, "conv_6_sep", 512, 1, 1, 0, 1);
    x = linearBlock(x, "conv_6_dw", 512, 7, 1, 0, 512);
    return batchNorm(dense(x.flatten(1, 3), "linear", dimensions, false), "bn");
  }

  private Tensor residual(Tensor x, String name, int blocks, int width) {
    int channels = Math.toIntExact(x.size(1));
    for (int i = 0; i < blocks; i++) {
      x = x.add(depthwise(x, name + ".model." + i, channels, 1, width));
    }
    return x;
  }

  private Tensor depthwise(Tensor x, String name, int outputs, int stride, int width) {
    x = convBlock(x, name + ".conv", width, 1, 1, 0, 1);
    x = convBlock(x, name + ".conv_dw", width, 3, stride, 1, width);
    return linearBlock(x, name + ".project", outputs, 1, 1, 0, 1);
  }

  private Tensor convBlock(
      Tensor x, String name, int outputs, int kernel, int stride, int pad, int groups) {
    return prelu(linearBlock(x, name, outputs, kernel, stride, pad, groups), name + ".prelu");
  }

  private Tensor linearBlock(
      Tensor x, String name, int outputs, int kernel, int stride, int pad, int groups) {
    return batchNorm(conv(x, name + ".conv", outputs, kernel, stride, pad, groups), name + ".bn");
  }
}
