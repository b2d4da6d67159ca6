package io.facepipeline.onnx.graph;

import static io.facepipeline.onnx.graph.Reference.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.facepipeline.onnx.Buffers;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.layers.Window;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GraphBuilderTest {
  private final Random random = new Random(7);

  private static float[] run(
      int opset, float[] x, BiFunction<GraphBuilder, Value, Value> body, long... shape) {
    GraphBuilder g = new GraphBuilder("test", opset);
    long[] dynamic = shape.clone();
    dynamic[0] = -1;
    g.output(body.apply(g, g.input("x", dynamic)), "y");
    return Reference.run(g.build(), x, shape);
  }

  private static float[] run(
      float[] x, BiFunction<GraphBuilder, Value, Value> body, long... shape) {
    return run(13, x, body, shape);
  }

  @ParameterizedTest
  @CsvSource({"1,0,1", "2,1,1", "1,1,2", "2,0,4"})
  void convolutionMatchesItsDefinition(int stride, int pad, int groups) {
    float[] x = Buffers.random(random, 4 * 7 * 6);
    Weights w =
        new Weights(new int[] {8, 4 / groups, 3, 3}, Buffers.random(random, 8 * 4 / groups * 9));
    Weights b = Weights.vector(Buffers.random(random, 8));
    assertClose(
        Reference.conv(x, 4, 7, 6, w, b.values(), Window.square(3, stride, pad), groups),
        run(x, (g, v) -> g.conv(v, w, b, stride, pad, groups), 1, 4, 7, 6));
  }

  @Test
  void convolutionTakesOtherWindowsAndNoBias() {
    float[] x = Buffers.random(random, 2 * 6 * 7);
    Weights w = new Weights(new int[] {3, 2, 1, 5}, Buffers.random(random, 30));
    Window window = new Window(1, 5, 2, 1, 0, 2, 1, 0, false);
    assertClose(
        Reference.conv(x, 2, 6, 7, w, null, window, 1),
        run(x, (g, v) -> g.conv(v, w, null, window, 1), 1, 2, 6, 7));
  }

  @ParameterizedTest
  @CsvSource({"3,2,0,true", "3,2,0,false", "2,2,0,true", "3,2,1,true", "3,1,1,false"})
  void poolsMatchTheirDefinition(int k, int s, int pad, boolean ceil) {
    float[] x = Buffers.random(random, 2 * 8 * 9);
    assertClose(
        Reference.pool(x, 2, 8, 9, k, s, pad, ceil, false),
        run(x, (g, v) -> g.maxPool(v, k, s, pad, ceil), 1, 2, 8, 9));
    if (!ceil) {
      assertClose(
          Reference.pool(x, 2, 8, 9, k, s, pad, false, true),
          run(x, (g, v) -> g.averagePool(v, Window.square(k, s, pad), false), 1, 2, 8, 9));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 17})
  void channelwiseOperatorsMatchTheirDefinition(int opset) {
    int c = 3;
    Weights gamma = Weights.vector(Buffers.random(random, c));
    Weights beta = Weights.vector(Buffers.random(random, c));
    Weights mean = Weights.vector(Buffers.random(random, c));
    Weights variance = Weights.vector(0.5f, 1, 2);
    Weights slope = Weights.vector(0.25f, -0.5f, 1.5f);
    for (long[] shape : new long[][] {{2, 3, 2, 2}, {2, 3}}) {
      int inner = shape.length == 4 ? 4 : 1;
      float[] x = Buffers.random(random, 2 * c * inner);
      double[] bn = new double[x.length];
      double[] prelu = new double[x.length];
      double[] affine = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        int k = i / inner % c;
        bn[i] =
            (x[i] - mean.values()[k]) / Math.sqrt(variance.values()[k] + 1e-3) * gamma.values()[k]
                + beta.values()[k];
        prelu[i] = x[i] > 0 ? x[i] : (double) slope.values()[k] * x[i];
        affine[i] = (double) x[i] * gamma.values()[k] + beta.values()[k];
      }
      assertClose(
          bn, run(opset, x, (g, v) -> g.batchNorm(v, gamma, beta, mean, variance, 1e-3f), shape));
      assertClose(prelu, run(opset, x, (g, v) -> g.prelu(v, slope), shape));
      assertClose(affine, run(opset, x, (g, v) -> g.affine(v, gamma, beta), shape));
    }
  }

  @Test
  void denseAndNormalisationMatchTheirDefinition() {
    Weights w = new Weights(new int[] {2, 3}, new float[] {1, 2, 3, 4, 5, 6});
    Weights b = Weights.vector(10, 20);
    float[] x = {1, 0, -1, 2, 1, 0};
    assertArrayEquals(new float[] {8, 18, 14, 33}, run(x, (g, v) -> g.dense(v, w, b), 2, 3));
    assertArrayEquals(new float[] {-2, -2, 4, 13}, run(x, (g, v) -> g.dense(v, w, null), 2, 3));
    float[] y = {3, 4, 0, 0};
    assertArrayEquals(
        new float[] {0.6f, 0.8f, 0, 0}, run(y, (g, v) -> g.l2Normalize(v, 1, 1e-12f), 2, 2), 1e-6f);
    double e = Math.exp(-1);
    assertClose(
        new double[] {e / (1 + e), 1 / (1 + e), 0.5, 0.5}, run(y, (g, v) -> g.softmax(v, 1), 2, 2));
  }

  @Test
  void layerNormAndGeluMatchTheirDefinition() {
    float[] x = {1, 2, 6, -3, 0.5f, 4};
    Weights gamma = Weights.vector(1, 2, 3);
    Weights beta = Weights.vector(0, -1, 1);
    double[] expected = new double[6];
    for (int row = 0; row < 2; row++) {
      double mean = (x[3 * row] + x[3 * row + 1] + x[3 * row + 2]) / 3.0;
      double variance = 0;
      for (int i = 0; i < 3; i++) {
        variance += Math.pow(x[3 * row + i] - mean, 2) / 3;
      }
      for (int i = 0; i < 3; i++) {
        expected[3 * row + i] =
            (x[3 * row + i] - mean) / Math.sqrt(variance + 1e-3) * gamma.values()[i]
                + beta.values()[i];
      }
    }
    assertClose(expected, run(x, (g, v) -> g.layerNorm(v, gamma, beta, 1e-3f), 2, 3));
    // x times the standard normal distribution's values at -1, 0, 1, 2.
    double[] gelu = {-0.15865525, 0, 0.84134475, 1.9544997};
    assertClose(gelu, run(new float[] {-1, 0, 1, 2}, (g, v) -> g.gelu(v), 1, 4));
  }

  @Test
  void elementwiseOperatorsMatchTheirDefinition() {
    float[] x = {-2, 0.5f, 3, 8};
    assertArrayEquals(new float[] {0, 0.5f, 3, 8}, run(x, (g, v) -> g.relu(v), 1, 4));
    assertArrayEquals(new float[] {0, 0.5f, 3, 6}, run(x, (g, v) -> g.clip(v, 0, 6), 1, 4));
    assertArrayEquals(new float[] {-4, 1, 6, 16}, run(x, (g, v) -> g.add(v, v), 1, 4));
    assertArrayEquals(new float[] {4, 0.25f, 9, 64}, run(x, (g, v) -> g.mul(v, v), 1, 4));
    assertArrayEquals(new float[] {-4, 0, 0, 0}, run(x, (g, v) -> g.sub(v, g.abs(v)), 1, 4));
    assertArrayEquals(new float[] {-5, 0, 5, 15}, run(x, (g, v) -> g.affine(v, 2, -1), 1, 4));
    assertArrayEquals(
        new float[] {2, 0.5f, 3, 8}, run(x, (g, v) -> g.max(v, g.affine(v, -1, 0)), 1, 4));
    assertArrayEquals(new float[] {1, 1, 1, 1}, run(x, (g, v) -> g.div(v, v), 1, 4));
    double[] sigmoid = new double[4];
    for (int i = 0; i < 4; i++) {
      sigmoid[i] = 1 / (1 + Math.exp(-x[i]));
    }
    assertClose(sigmoid, run(x, (g, v) -> g.sigmoid(v), 1, 4));
  }

  @Test
  void shapeOperatorsMoveElementsAsSaid() {
    float[] x = {0, 1, 2, 3, 4, 5, 6, 7};
    long[] image = {1, 2, 2, 2};
    assertArrayEquals(
        new float[] {0, 4, 2, 6, 1, 5, 3, 7},
        run(x, (g, v) -> g.flatten(g.transpose(v, 0, 3, 2, 1)), image));
    assertArrayEquals(
        new float[] {4, 5, 6, 7, 0, 1, 2, 3}, run(x, (g, v) -> g.gather(v, 1, 1, 0), image));
    assertArrayEquals(new float[] {4, 5, 6, 7}, run(x, (g, v) -> g.slice(v, 1, 1, 2), image));
    assertArrayEquals(
        new float[] {4, 5, 6, 7}, run(x, (g, v) -> g.split(v, 1, 1, 1).get(1), image));
    assertArrayEquals(
        new float[] {0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7},
        run(x, (g, v) -> g.concat(1, v, v), image));
    assertArrayEquals(new float[] {1.5f, 5.5f}, run(x, (g, v) -> g.globalAveragePool(v), image));
    assertArrayEquals(x, run(x, (g, v) -> g.dense(g.reshape(v, 0, -1), identity(8), null), image));
  }

  private static Weights identity(int n) {
    float[] values = new float[n * n];
    for (int i = 0; i < n; i++) {
      values[i * n + i] = 1;
    }
    return new Weights(new int[] {n, n}, values);
  }

  @Test
  void namesAreReadableAndRepeatable() {
    Graph a = small();
    assertEquals("conv1", a.nodes().get(0).name());
    assertEquals("relu1", a.nodes().get(1).name());
    assertEquals(Set.of("conv1.weight"), a.initializers().keySet());
    assertArrayEquals(OnnxFile.write(a), OnnxFile.write(small()));
  }

  private static Graph small() {
    GraphBuilder g = new GraphBuilder("small");
    Value x = g.input("x", Dim.named("n"), Dim.of(1), Dim.of(4), Dim.of(4));
    Weights w = new Weights(new int[] {1, 1, 1, 1}, new float[] {2});
    Value y = g.relu(g.named("conv1").conv(x, w, null, 1, 0, 1));
    return g.output(y, "y", -1, 1, 4, 4).metadata("license", "none").build();
  }

  @Test
  void wrongShapesAreRefused() {
    GraphBuilder g = new GraphBuilder("wrong");
    Value x = g.input("x", -1, 3, 8, 8);
    Weights w = new Weights(new int[] {2, 3, 3, 3}, new float[54]);
    assertThrows(IllegalArgumentException.class, () -> new Weights(new int[] {2}, new float[3]));
    assertThrows(IllegalArgumentException.class, () -> g.conv(x, w, Weights.vector(1), 1, 0, 1));
    assertThrows(
        IllegalArgumentException.class, () -> g.conv(x, w, null, Window.square(5, 1, 0), 1));
    assertThrows(IllegalArgumentException.class, () -> g.relu(new Value("stranger")));
    assertThrows(IllegalArgumentException.class, () -> g.input("x", 1));
    assertThrows(IllegalArgumentException.class, () -> new GraphBuilder("old", 9));
    assertThrows(IllegalArgumentException.class, () -> Window.square(0, 1, 0));
  }
}
