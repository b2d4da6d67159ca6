package io.facepipeline.embedding;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.testkit.FormulaWeights;
import io.facepipeline.testkit.FormulaWeights.Kind;
import java.util.LinkedHashMap;
import java.util.Map;

/** State dicts as the reference implementations lay them out, filled by formula. */
final class FormulaCheckpoints {
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private FormulaCheckpoints() {}

  /** face.evoLVe's MobileFaceNet with 512 features. */
  static Checkpoint mobileFaceNet() {
    FormulaCheckpoints c = new FormulaCheckpoints();
    c.convBlock("conv1", 3, 64, 3, 1);
    c.convBlock("conv2_dw", 64, 64, 3, 64);
    c.depthwise("conv_23", 64, 64, 128);
    c.residual("conv_3", 64, 4, 128);
    c.depthwise("conv_34", 64, 128, 256);
    c.residual("conv_4", 128, 6, 256);
    c.depthwise("conv_45", 128, 128, 512);
    c.residual("conv_5", 128, 2, 256);
    c.convBlock("conv_6_sep", 128, 512, 1, 1);
    c.linearBlock("conv_6_dw", 512, 512, 7, 512);
    c.put("linear.weight", Kind.WEIGHT, 512, 512);
    c.batchNorm("bn", 512);
    return Checkpoint.of(c.tensors);
  }

  private void residual(String name, int channels, int blocks, int width) {
    for (int i = 0; i < blocks; i++) {
      depthwise(name + ".model." + i, channels, channels, width);
    }
  }

  private void depthwise(String name, int in, int out, int width) {
    convBlock(name + ".conv", in, width, 1, 1);
    convBlock(name + ".conv_dw", width, width, 3, width);
    linearBlock(name + ".project", width, out, 1, 1);
  }

  private void convBlock(String name, int in, int out, int kernel, int groups) {
    linearBlock(name, in, out, kernel, groups);
    put(name + ".prelu.weight", Kind.SLOPE, out);
  }

  private void linearBlock(String name, int in, int out, int kernel, int groups) {
    put(name + ".conv.weight", Kind.WEIGHT, out, in / groups, kernel, kernel);
    batchNorm(name + ".bn", out);
  }

  private void batchNorm(String name, int channels) {
    put(name + ".weight", Kind.POSITIVE, channels);
    put(name + ".bias", Kind.SHIFT, channels);
    put(name + ".running_mean", Kind.SHIFT, channels);
    put(name + ".running_var", Kind.POSITIVE, channels);
  }

  private void put(String name, Kind kind, int... shape) {
    tensors.put(name, Tensor.of(shape, FormulaWeights.values(name, kind, shape)));
  }
}
