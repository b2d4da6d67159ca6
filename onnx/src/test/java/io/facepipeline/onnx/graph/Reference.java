package io.facepipeline.onnx.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.facepipeline.onnx.Buffers;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.layers.Window;
import io.facepipeline.testkit.SharedData;
import java.nio.file.Path;
import java.util.function.DoubleBinaryOperator;

/**
 * Plain operators to compare with, written straight from their definitions, and runs on ONNX
 * Runtime.
 */
public final class Reference {
  private Reference() {}

  public static Path model(String relative) {
    return SharedData.path("models/" + relative);
  }

  public static final OnnxOptions PLAIN =
      OnnxOptions.defaults().withIntraOpThreads(1).withOptimized(false);

  public static float[] run(Graph graph, float[] input, long... shape) {
    return run(OnnxFile.write(graph), graph.outputs().get(0).name(), input, shape);
  }

  public static float[] run(byte[] file, String output, float[] input, long... shape) {
    try (OnnxModel model = OnnxModel.load(file, PLAIN)) {
      return model.run(Buffers.direct(input), shape, output);
    }
  }

  public static void assertClose(double[] expected, float[] actual) {
    assertEquals(expected.length, actual.length, "number of values");
    double scale = 1e-3;
    for (double v : expected) {
      scale = Math.max(scale, Math.abs(v));
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 1e-5 * scale, "value " + i);
    }
  }

  public static void assertClose(float[] expected, float[] actual) {
    assertClose(widen(expected), actual);
  }

  static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  /** One image [c, h, w]; output channels of a group see the group's input channels. */
  static double[] conv(
      float[] x, int c, int h, int w, Weights k, float[] bias, Window win, int groups) {
    int oh = (h + win.padTop() + win.padBottom() - win.kernelHeight()) / win.strideHeight() + 1;
    int ow = (w + win.padLeft() + win.padRight() - win.kernelWidth()) / win.strideWidth() + 1;
    double[] y = new double[k.dim(0) * oh * ow];
    for (int o = 0; o < k.dim(0); o++) {
      for (int r = 0; r < oh; r++) {
        for (int s = 0; s < ow; s++) {
          double sum = bias == null ? 0 : bias[o];
          for (int i = 0; i < c / groups; i++) {
            for (int a = 0; a < win.kernelHeight(); a++) {
              for (int b = 0; b < win.kernelWidth(); b++) {
                int yy = r * win.strideHeight() - win.padTop() + a;
                int xx = s * win.strideWidth() - win.padLeft() + b;
                if (yy >= 0 && yy < h && xx >= 0 && xx < w) {
                  int channel = o / (k.dim(0) / groups) * (c / groups) + i;
                  sum +=
                      (double) x[(channel * h + yy) * w + xx]
                          * k.values()[
                              ((o * (c / groups) + i) * win.kernelHeight() + a) * win.kernelWidth()
                                  + b];
                }
              }
            }
          }
          y[(o * oh + r) * ow + s] = sum;
        }
      }
    }
    return y;
  }

  /**
   * Pools one image [c, h, w]; {@code average} divides by the number of elements inside the image.
   */
  static double[] pool(
      float[] x, int c, int h, int w, int k, int s, int pad, boolean ceil, boolean average) {
    int oh = size(h, k, s, pad, ceil);
    int ow = size(w, k, s, pad, ceil);
    DoubleBinaryOperator join = average ? Double::sum : Math::max;
    double[] y = new double[c * oh * ow];
    for (int i = 0; i < y.length; i++) {
      int r = i / ow % oh * s - pad;
      int q = i % ow * s - pad;
      double value = average ? 0 : Double.NEGATIVE_INFINITY;
      int count = 0;
      for (int yy = Math.max(r, 0); yy < Math.min(r + k, h); yy++) {
        for (int xx = Math.max(q, 0); xx < Math.min(q + k, w); xx++) {
          value = join.applyAsDouble(value, x[(i / (oh * ow) * h + yy) * w + xx]);
          count++;
        }
      }
      y[i] = average ? value / count : value;
    }
    return y;
  }

  private static int size(int n, int k, int s, int pad, boolean ceil) {
    return (int) (ceil ? Math.ceil((n + 2.0 * pad - k) / s) : Math.floor((n + 2.0 * pad - k) / s))
        + 1;
  }
}
