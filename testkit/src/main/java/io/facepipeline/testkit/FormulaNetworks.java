package io.facepipeline.testkit;

import io.facepipeline.testkit.FormulaWeights.Kind;
import java.util.LinkedHashMap;
import java.util.Map;

/** State dicts as the reference implementations lay them out, filled by formula. */
public final class FormulaNetworks {
  private final Map<String, FormulaTensor> tensors = new LinkedHashMap<>();

  private FormulaNetworks() {}

  /** face.evoLVe's MobileFaceNet with 512 features. */
  public static Map<String, FormulaTensor> mobileFaceNet() {
    FormulaNetworks c = new FormulaNetworks();
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
    return c.tensors;
  }

  /** face.evoLVe's IR and IR-SE networks with 512 features of a 112x112 input. */
  public static Map<String, FormulaTensor> improvedResidualNet(boolean excited, int... units) {
    FormulaNetworks c = new FormulaNetworks();
    c.conv("input_layer.0", 3, 64, 3, 3, false);
    c.batchNorm("input_layer.1", 64);
    c.put("input_layer.2.weight", Kind.SLOPE, 64);
    int in = 64;
    int unit = 0;
    for (int stage = 0; stage < units.length; stage++) {
      int out = 64 << stage;
      for (int i = 0; i < units[stage]; i++) {
        c.improvedResidualUnit("body." + unit++, in, out, excited);
        in = out;
      }
    }
    c.batchNorm("output_layer.0", 512);
    c.dense("output_layer.3", 512 * 7 * 7, 512, true);
    c.batchNorm("output_layer.4", 512);
    return c.tensors;
  }

  private void improvedResidualUnit(String name, int in, int out, boolean excited) {
    if (in != out) {
      conv(name + ".shortcut_layer.0", in, out, 1, 1, false);
      batchNorm(name + ".shortcut_layer.1", out);
    }
    batchNorm(name + ".res_layer.0", in);
    conv(name + ".res_layer.1", in, out, 3, 3, false);
    put(name + ".res_layer.2.weight", Kind.SLOPE, out);
    conv(name + ".res_layer.3", out, out, 3, 3, false);
    batchNorm(name + ".res_layer.4", out);
    if (excited) {
      conv(name + ".res_layer.5.fc1", out, out / 16, 1, 1, false);
      conv(name + ".res_layer.5.fc2", out / 16, out, 1, 1, false);
    }
  }

  /** face.evoLVe's ResNets with 512 features of a 112x112 input. */
  public static Map<String, FormulaTensor> residualNet(int... blocks) {
    FormulaNetworks c = new FormulaNetworks();
    c.residualTrunk(blocks);
    c.batchNorm("bn_o1", 2048);
    c.dense("fc", 2048 * 4 * 4, 512, true);
    c.batchNorm("bn_o2", 512);
    return c.tensors;
  }

  private void residualTrunk(int... blocks) {
    conv("conv1", 3, 64, 7, 7, false);
    batchNorm("bn1", 64);
    int in = 64;
    for (int stage = 0; stage < blocks.length; stage++) {
      int width = 64 << stage;
      for (int i = 0; i < blocks[stage]; i++) {
        bottleneck("layer" + (stage + 1) + "." + i, in, width, i == 0);
        in = 4 * width;
      }
    }
  }

  /** torchvision's ResNet-50 with its 1,000 classes. */
  public static Map<String, FormulaTensor> torchvisionResNet50() {
    FormulaNetworks c = new FormulaNetworks();
    c.residualTrunk(3, 4, 6, 3);
    c.dense("fc", 2048, 1000, true);
    return c.tensors;
  }

  /** torchvision's AlexNet with its 1,000 classes. */
  public static Map<String, FormulaTensor> alexNet() {
    FormulaNetworks c = new FormulaNetworks();
    c.conv("features.0", 3, 64, 11, 11, true);
    c.conv("features.3", 64, 192, 5, 5, true);
    c.conv("features.6", 192, 384, 3, 3, true);
    c.conv("features.8", 384, 256, 3, 3, true);
    c.conv("features.10", 256, 256, 3, 3, true);
    c.dense("classifier.1", 256 * 6 * 6, 4096, true);
    c.dense("classifier.4", 4096, 4096, true);
    c.dense("classifier.6", 4096, 1000, true);
    return c.tensors;
  }

  private void bottleneck(String name, int in, int width, boolean widens) {
    conv(name + ".conv1", in, width, 1, 1, false);
    batchNorm(name + ".bn1", width);
    conv(name + ".conv2", width, width, 3, 3, false);
    batchNorm(name + ".bn2", width);
    conv(name + ".conv3", width, 4 * width, 1, 1, false);
    batchNorm(name + ".bn3", 4 * width);
    if (widens) {
      conv(name + ".downsample.0", in, 4 * width, 1, 1, false);
      batchNorm(name + ".downsample.1", 4 * width);
    }
  }

  /** LightCNN-9 with a classifier of 100 classes. */
  public static Map<String, FormulaTensor> lightCnn9() {
    FormulaNetworks c = new FormulaNetworks();
    c.maxFeatureMap("features.0", 1, 48, 5);
    c.maxFeatureMapPair("features.2", 48, 96);
    c.maxFeatureMapPair("features.4", 96, 192);
    c.maxFeatureMapPair("features.6", 192, 128);
    c.maxFeatureMapPair("features.7", 128, 128);
    c.dense("fc1.filter", 8 * 8 * 128, 512, true);
    c.dense("fc2", 256, 100, true);
    return c.tensors;
  }

  /** LightCNN-29, with a classifier of 100 classes. */
  public static Map<String, FormulaTensor> lightCnn29() {
    FormulaNetworks c = new FormulaNetworks();
    c.maxFeatureMap("conv1", 1, 48, 5);
    c.lightCnnStages(true);
    c.dense("fc.filter", 8 * 8 * 128, 512, true);
    c.dense("fc2", 256, 100, true);
    return c.tensors;
  }

  /** LightCNN-29v2, with a classifier of 100 classes. */
  public static Map<String, FormulaTensor> lightCnn29v2() {
    FormulaNetworks c = new FormulaNetworks();
    c.maxFeatureMap("conv1", 1, 48, 5);
    c.lightCnnStages(true);
    c.dense("fc", 8 * 8 * 128, 256, true);
    c.dense("fc2", 256, 100, false);
    return c.tensors;
  }

  /** LightCNN v4, which has no classifier. */
  public static Map<String, FormulaTensor> lightCnnV4() {
    FormulaNetworks c = new FormulaNetworks();
    c.maxFeatureMap("conv1", 3, 48, 3);
    c.lightCnnStages(false);
    c.dense("fc", 8 * 8 * 128, 256, true);
    return c.tensors;
  }

  private void lightCnnStages(boolean pairs) {
    int[] channels = {48, 96, 192, 128, 128};
    for (int stage = 1; stage < channels.length; stage++) {
      int in = channels[stage - 1];
      for (int i = 0; i < stage; i++) {
        maxFeatureMap("block" + stage + "." + i + ".conv1", in, in, 3);
        maxFeatureMap("block" + stage + "." + i + ".conv2", in, in, 3);
      }
      if (pairs) {
        maxFeatureMapPair("group" + stage, in, channels[stage]);
      } else {
        maxFeatureMap("conv" + (stage + 1), in, channels[stage], 3);
      }
    }
  }

  private void maxFeatureMapPair(String name, int in, int out) {
    maxFeatureMap(name + ".conv_a", in, in, 1);
    maxFeatureMap(name + ".conv", in, out, 3);
  }

  private void maxFeatureMap(String name, int in, int out, int kernel) {
    conv(name + ".filter", in, 2 * out, kernel, kernel, true);
  }

  /** facenet-pytorch's InceptionResnetV1 with 512 features and no classifier. */
  public static Map<String, FormulaTensor> inceptionResnetV1() {
    FormulaNetworks c = new FormulaNetworks();
    c.inception("conv2d_1a", 3, 32, 3, 3);
    c.inception("conv2d_2a", 32, 32, 3, 3);
    c.inception("conv2d_2b", 32, 64, 3, 3);
    c.inception("conv2d_3b", 64, 80, 1, 1);
    c.inception("conv2d_4a", 80, 192, 3, 3);
    c.inception("conv2d_4b", 192, 256, 3, 3);
    for (int i = 0; i < 5; i++) {
      String block = "repeat_1." + i;
      c.inception(block + ".branch0", 256, 32, 1, 1);
      c.inception(block + ".branch1.0", 256, 32, 1, 1);
      c.inception(block + ".branch1.1", 32, 32, 3, 3);
      c.inception(block + ".branch2.0", 256, 32, 1, 1);
      c.inception(block + ".branch2.1", 32, 32, 3, 3);
      c.inception(block + ".branch2.2", 32, 32, 3, 3);
      c.conv(block + ".conv2d", 96, 256, 1, 1, true);
    }
    c.inception("mixed_6a.branch0", 256, 384, 3, 3);
    c.inception("mixed_6a.branch1.0", 256, 192, 1, 1);
    c.inception("mixed_6a.branch1.1", 192, 192, 3, 3);
    c.inception("mixed_6a.branch1.2", 192, 256, 3, 3);
    for (int i = 0; i < 10; i++) {
      c.inceptionBlock("repeat_2." + i, 896, 128, 7);
    }
    c.inception("mixed_7a.branch0.0", 896, 256, 1, 1);
    c.inception("mixed_7a.branch0.1", 256, 384, 3, 3);
    c.inception("mixed_7a.branch1.0", 896, 256, 1, 1);
    c.inception("mixed_7a.branch1.1", 256, 256, 3, 3);
    c.inception("mixed_7a.branch2.0", 896, 256, 1, 1);
    c.inception("mixed_7a.branch2.1", 256, 256, 3, 3);
    c.inception("mixed_7a.branch2.2", 256, 256, 3, 3);
    for (int i = 0; i < 5; i++) {
      c.inceptionBlock("repeat_3." + i, 1792, 192, 3);
    }
    c.inceptionBlock("block8", 1792, 192, 3);
    c.dense("last_linear", 1792, 512, false);
    c.batchNorm("last_bn", 512);
    return c.tensors;
  }

  private void inceptionBlock(String name, int channels, int width, int kernel) {
    inception(name + ".branch0", channels, width, 1, 1);
    inception(name + ".branch1.0", channels, width, 1, 1);
    inception(name + ".branch1.1", width, width, 1, kernel);
    inception(name + ".branch1.2", width, width, kernel, 1);
    conv(name + ".conv2d", 2 * width, channels, 1, 1, true);
  }

  private void inception(String name, int in, int out, int height, int width) {
    conv(name + ".conv", in, out, height, width, false);
    batchNorm(name + ".bn", out);
  }

  private void conv(String name, int in, int out, int height, int width, boolean biased) {
    put(name + ".weight", Kind.WEIGHT, out, in, height, width);
    if (biased) {
      put(name + ".bias", Kind.BIAS, out);
    }
  }

  private void dense(String name, int in, int out, boolean biased) {
    put(name + ".weight", Kind.WEIGHT, out, in);
    if (biased) {
      put(name + ".bias", Kind.BIAS, out);
    }
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
    tensors.put(name, new FormulaTensor(shape, FormulaWeights.values(name, kind, shape)));
  }
}
