package io.facepipeline.embedding.architecture;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;

/**
 * The improved residual networks of ArcFace (Deng et al., ArcFace: Additive Angular Margin Loss for
 * Deep Face Recognition, 2019), with and without squeeze and excitation (Hu et al.,
 * Squeeze-and-Excitation Networks, 2018), as github.com/ZhaoJ9014/face.evoLVe builds them ({@code
 * backbone/model_irse.py}).
 */
final class ImprovedResidualNet implements Architecture {
  private static final float EPSILON = 1e-5f;
  private static final int WIDEST = 512;

  /** Of the images behind the last unit, a 16th of 112. */
  private static final int SIDE = 7;

  private static final int REDUCTION = 16;
  private static final String BODY = "body.";
  private static final String EXCITATION = ".res_layer.5";

  private final String name;
  private final boolean excited;
  private final int[] units;

  private ImprovedResidualNet(String name, boolean excited, int... units) {
    this.name = (excited ? "IR-SE-" : "IR-") + name;
    this.excited = excited;
    this.units = units;
  }

  /** The network of 50 layers, with squeeze and excitation or without. */
  static ImprovedResidualNet of50(boolean excited) {
    return new ImprovedResidualNet("50", excited, 3, 4, 14, 3);
  }

  /** The network of 101 layers, with squeeze and excitation or without. */
  static ImprovedResidualNet of101(boolean excited) {
    return new ImprovedResidualNet("101", excited, 3, 13, 30, 3);
  }

  /** The network of 152 layers, with squeeze and excitation or without. */
  static ImprovedResidualNet of152(boolean excited) {
    return new ImprovedResidualNet("152", excited, 3, 8, 36, 3);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    return checkpoint.tensor("output_layer.3.weight").shape()[0];
  }

  @Override
  public <V> V forward(Layers<V> layers, V x, int outputs) {
    x =
        layers.batchNorm(
            layers.conv2d(x, "input_layer.0", 64, Window.square(3, 1, 1), false),
            "input_layer.1",
            EPSILON);
    x = layers.prelu(x, "input_layer.2");
    int unit = 0;
    for (int stage = 0; stage < units.length; stage++) {
      for (int i = 0; i < units[stage]; i++) {
        // The channels change where a stage begins, but for the first, which keeps the stem's.
        x = unit(layers, x, BODY + unit, 64 << stage, i == 0 ? 2 : 1, i == 0 && stage > 0);
        unit++;
      }
    }
    x = layers.flatten(layers.batchNorm(x, "output_layer.0", EPSILON));
    return layers.batchNorm(
        layers.linear(x, "output_layer.3", WIDEST * SIDE * SIDE, outputs, true),
        "output_layer.4",
        EPSILON);
  }

  private <V> V unit(Layers<V> layers, V x, String name, int width, int stride, boolean widens) {
    V shortcut = x;
    if (widens) {
      shortcut =
          layers.conv2d(x, name + ".shortcut_layer.0", width, Window.square(1, stride, 0), false);
      shortcut = layers.batchNorm(shortcut, name + ".shortcut_layer.1", EPSILON);
    } else if (stride > 1) {
      shortcut = layers.maxPool(x, Window.square(1, stride, 0));
    }
    V inner = layers.batchNorm(x, name + ".res_layer.0", EPSILON);
    inner = layers.conv2d(inner, name + ".res_layer.1", width, Window.square(3, 1, 1), false);
    inner = layers.prelu(inner, name + ".res_layer.2");
    inner = layers.conv2d(inner, name + ".res_layer.3", width, Window.square(3, stride, 1), false);
    inner = layers.batchNorm(inner, name + ".res_layer.4", EPSILON);
    if (excited) {
      inner = excite(layers, inner, name + EXCITATION, width);
    }
    return layers.add(inner, shortcut);
  }

  private static <V> V excite(Layers<V> layers, V x, String name, int width) {
    Window point = Window.square(1, 1, 0);
    V pooled = layers.globalAveragePool(x);
    V squeezed = layers.conv2d(pooled, name + ".fc1", width / REDUCTION, point, false);
    V gate = layers.conv2d(layers.relu(squeezed), name + ".fc2", width, point, false);
    return layers.mul(x, layers.sigmoid(gate));
  }
}
