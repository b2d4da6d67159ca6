package io.facepipeline.training.student;

import java.util.random.RandomGenerator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The improved residual networks of ArcFace (Deng et al., ArcFace: Additive Angular Margin Loss for
 * Deep Face Recognition, 2019), with and without squeeze and excitation (Hu et al.,
 * Squeeze-and-Excitation Networks, 2018), with the layers and names of face.evoLVe ({@code
 * backbone/model_irse.py}), for crops of 112x112. Dropout is omitted: to resume a run exactly,
 * every checkpoint would have to hold its random state.
 */
public final class ImprovedResidualStudent extends LayerStudent {
  private static final int FIRST_WIDTH = 64;
  private static final int REDUCTION = 16;

  private final int dimensions;
  private final boolean excited;
  private final int[] units;

  private ImprovedResidualStudent(
      int dimensions, boolean half, boolean excited, RandomGenerator random, int... units) {
    super(112, half, random);
    this.dimensions = dimensions;
    this.excited = excited;
    this.units = units;
    build();
  }

  /** The network of 50 layers. */
  public static ImprovedResidualStudent of50(
      int dimensions, boolean half, boolean excited, RandomGenerator random) {
    return new ImprovedResidualStudent(dimensions, half, excited, random, 3, 4, 14, 3);
  }

  /** The network of 101 layers. */
  public static ImprovedResidualStudent of101(
      int dimensions, boolean half, boolean excited, RandomGenerator random) {
    return new ImprovedResidualStudent(dimensions, half, excited, random, 3, 13, 30, 3);
  }

  /** The network of 152 layers. */
  public static ImprovedResidualStudent of152(
      int dimensions, boolean half, boolean excited, RandomGenerator random) {
    return new ImprovedResidualStudent(dimensions, half, excited, random, 3, 8, 36, 3);
  }

  @Override
  Tensor features(Tensor images) {
    Tensor x = conv(images, "input_layer.0", FIRST_WIDTH, 3, 1, 1, 1);
    x = prelu(batchNorm(x, "input_layer.1"), "input_layer.2");
    int unit = 0;
    for (int stage = 0; stage < units.length; stage++) {
      for (int i = 0; i < units[stage]; i++) {
        x = unit(x, "body." + unit, FIRST_WIDTH << stage, i == 0 ? 2 : 1);
        unit++;
      }
    }
    x = batchNorm(x, "output_layer.0").flatten(1, 3);
    return batchNorm(dense(x, "output_layer.3", dimensions, true), "output_layer.4");
  }

  private Tensor unit(Tensor x, String name, int outputs, int stride) {
    Tensor shortcut = x;
    if (x.size(1) != outputs) {
      shortcut = conv(x, name + ".shortcut_layer.0", outputs, 1, stride, 0, 1);
      shortcut = batchNorm(shortcut, name + ".shortcut_layer.1");
    } else if (stride > 1) {
      shortcut =
          torch.max_pool2d(
              x,
              new long[] {1, 1},
              new long[] {stride, stride},
              new long[] {0, 0},
              new long[] {1, 1},
              false);
    }
    Tensor inner = batchNorm(x, name + ".res_layer.0");
    inner = prelu(conv(inner, name + ".res_layer.1", outputs, 3, 1, 1, 1), name + ".res_layer.2");
    inner = conv(inner, name + ".res_layer.3", outputs, 3, stride, 1, 1);
    inner = batchNorm(inner, name + ".res_layer.4");
    return (excited ? excite(inner, name + ".res_layer.5") : inner).add(shortcut);
  }

  private Tensor excite(Tensor x, String name) {
    int channels = Math.toIntExact(x.size(1));
    Tensor squeezed =
        conv(torch.adaptive_avg_pool2d(x, 1, 1), name + ".fc1", channels / REDUCTION, 1, 1, 0, 1);
    return x.mul(conv(squeezed.relu(), name + ".fc2", channels, 1, 1, 0, 1).sigmoid());
  }
}
