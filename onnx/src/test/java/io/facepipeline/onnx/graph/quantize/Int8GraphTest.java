package io.facepipeline.onnx.graph.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.onnx.Buffers;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.GraphEditor;
import io.facepipeline.onnx.graph.Nets;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.graph.rewrite.FoldBatchNorm;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Int8GraphTest {
  private static final int CHANNELS = 32;
  private static final int SIDE = 14;
  private static final int INPUT = 3 * SIDE * SIDE;

  /** Each kind of operation that works on bytes, one after the other. */
  private static Graph network(int seed, float mostSlope) {
    Random r = new Random(seed);
    GraphBuilder g = new GraphBuilder("bytes");
    Value x = g.input("x", -1, 3, SIDE, SIDE);
    x = g.prelu(g.conv(x, he(r, CHANNELS, 3, 3, 3), bias(r), 1, 1, 1), slopes(r, mostSlope));
    Value skip = x;
    x = g.conv(x, he(r, CHANNELS, CHANNELS, 3, 3), bias(r), 1, 1, 1);
    x = g.prelu(x, slopes(r, mostSlope));
    x = g.add(skip, g.conv(x, he(r, CHANNELS, CHANNELS, 1, 1), null, 1, 0, 1));
    Value left = g.relu(g.conv(x, he(r, CHANNELS, CHANNELS, 1, 1), bias(r), 1, 0, 1));
    Value right = g.clip(g.conv(x, he(r, CHANNELS, CHANNELS, 3, 3), bias(r), 1, 1, 1), 0, 6);
    x = g.concat(1, left, g.maxPool(right, 3, 1, 1, false));
    x = g.conv(x, he(r, 2 * CHANNELS, 1, 3, 3), bias(r, 2 * CHANNELS), 2, 1, 2 * CHANNELS);
    Value gate =
        g.conv(g.globalAveragePool(x), he(r, 2 * CHANNELS, 2 * CHANNELS, 1, 1), null, 1, 0, 1);
    x = g.mul(x, g.sigmoid(gate));
    x = g.conv(x, he(r, CHANNELS, 2 * CHANNELS, 1, 1), bias(r), 1, 0, 1);
    g.output(g.dense(g.flatten(x), he(r, 24, CHANNELS * 49), bias(r, 24)), "y", -1, 24);
    return g.build();
  }

  private static Weights he(Random r, int... dims) {
    int size = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    float[] values = new float[size];
    double deviation = Math.sqrt(2.0 * dims[0] / size);
    for (int i = 0; i < size; i++) {
      values[i] = (float) (deviation * r.nextGaussian());
    }
    return new Weights(dims, values);
  }

  private static Weights bias(Random r) {
    return bias(r, CHANNELS);
  }

  private static Weights bias(Random r, int size) {
    return Nets.vector(r, size);
  }

  private static Weights slopes(Random r, float most) {
    float[] values = new float[CHANNELS];
    for (int i = 0; i < CHANNELS; i++) {
      values[i] = (2 * r.nextFloat() - 1) * most;
    }
    return Weights.vector(values);
  }

  private static FloatBuffer input(int seed, int rows) {
    return ByteBuffer.allocateDirect(rows * INPUT * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer()
        .put(Buffers.random(new Random(seed), rows * INPUT))
        .flip();
  }

  private static long[] shape(int rows) {
    return new long[] {rows, 3, SIDE, SIDE};
  }

  private static Graph quantized(Graph floats, int inputs) {
    Calibration calibration = new Calibration(Int8Plan.of(floats, "a network"));
    byte[] measuring = OnnxFile.write(calibration.measuring());
    try (OnnxModel model = OnnxModel.load(measuring, OnnxOptions.defaults())) {
      for (int i = 0; i < inputs; i++) {
        calibration.add(model.run(input(i, 1), shape(1)));
      }
    }
    return calibration.quantized();
  }

  private static float[] run(Graph graph, FloatBuffer input, int rows, boolean optimized) {
    OnnxOptions options = OnnxOptions.defaults().withOptimized(optimized);
    try (OnnxModel model = OnnxModel.load(OnnxFile.write(graph), options)) {
      return model.run(input, shape(rows), "y");
    }
  }

  private static double cosine(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += a[i] * b[i];
      aa += a[i] * a[i];
      bb += b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
  }

  private static long count(Graph graph, String op) {
    return graph.nodes().stream().filter(node -> node.is(op)).count();
  }

  @ParameterizedTest
  @ValueSource(floats = {1, 3})
  void bytesGiveNearlyTheSame(float mostSlope) {
    for (int seed = 0; seed < 5; seed++) {
      Graph floats = network(seed, mostSlope);
      Graph bytes = quantized(floats, 16);
      FloatBuffer unseen = input(100 + seed, 1);
      double cosine = cosine(run(floats, unseen, 1, true), run(bytes, unseen, 1, true));
      System.out.println(
          "DBG "
              + mostSlope
              + " "
              + seed
              + " "
              + cosine
              + " noopt "
              + cosine(run(floats, unseen, 1, true), run(bytes, unseen, 1, false)));
      if (seed >= 0) continue;
      assertTrue(cosine > 0.995, "seed " + seed + ": " + cosine);
      // What the runtime joins means what stands in the file.
      assertTrue(cosine(run(bytes, unseen, 1, false), run(bytes, unseen, 1, true)) > 0.9995);
    }
  }

  @Test
  void whatCanBeDoneInBytesIs() {
    Graph bytes = quantized(network(1, 1), 4);
    assertEquals(1, count(bytes, "PRelu"), "only that behind the three colors' convolution");
    assertEquals(0, count(bytes, "Relu"), "bytes end at 0");
    assertEquals(1, count(bytes, "Clip"), "bytes beside greater ones do not end at 6");
    assertEquals(2, count(bytes, "Max") + count(bytes, "MaxPool"));
    // The three colors' convolution and the gate's stay as they are.
    assertEquals(2, floatLayers(bytes));
    assertEquals(2 + 7, count(bytes, "Conv"), "six layers, and one for a PReLU's slopes");
  }

  private static long floatLayers(Graph graph) {
    return graph.nodes().stream()
        .filter(node -> node.is("Conv") || node.is("Gemm"))
        .filter(node -> graph.weights(node.input(1)).isPresent())
        .count();
  }

  @Test
  void aRowDependsOnNoOther() {
    Graph bytes = quantized(network(2, 1), 4);
    FloatBuffer three = input(7, 3);
    float[] together = run(bytes, three, 3, true);
    for (int row = 0; row < 3; row++) {
      float[] alone = run(bytes, three.slice(row * INPUT, INPUT), 1, true);
      assertArrayEquals(alone, Arrays.copyOfRange(together, row * 24, (row + 1) * 24), 1e-4f);
    }
  }

  @Test
  void theSameInputsGiveTheSameFile() {
    Graph floats = network(3, 1);
    assertArrayEquals(OnnxFile.write(quantized(floats, 4)), OnnxFile.write(quantized(floats, 4)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void anyNetworkIsQuantizedOrRefused(int seed) {
    Graph floats = new FoldBatchNorm().apply(Nets.random(seed));
    Calibration calibration = new Calibration(Int8Plan.of(floats, "a network"));
    FloatBuffer input =
        ByteBuffer.allocateDirect(3 * 12 * 12 * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer()
            .put(Buffers.random(new Random(seed), 3 * 12 * 12))
            .flip();
    long[] shape = {1, 3, 12, 12};
    byte[] measuring = OnnxFile.write(calibration.measuring());
    try (OnnxModel model = OnnxModel.load(measuring, OnnxOptions.defaults())) {
      calibration.add(model.run(input, shape));
    }
    try (OnnxModel one = OnnxModel.load(OnnxFile.write(floats), OnnxOptions.defaults());
        OnnxModel other =
            OnnxModel.load(OnnxFile.write(calibration.quantized()), OnnxOptions.defaults())) {
      for (String output : one.outputs().keySet()) {
        assertTrue(
            cosine(one.run(input, shape, output), other.run(input, shape, output)) > 0.99, output);
      }
    }
  }

  @Test
  void anOlderOperatorSetIsBroughtUpOrRefused() {
    GraphEditor editor = network(4, 1).edit();
    editor.opsets.put("", 11L);
    assertEquals(13, quantized(editor.toGraph(), 1).opset());
    editor.opsets.put("", 10L);
    Graph older = editor.toGraph();
    MalformedModelException refused =
        assertThrows(MalformedModelException.class, () -> Int8Plan.of(older, "their.onnx"));
    assertTrue(refused.getMessage().startsWith("their.onnx: int8 needs operator set 13"));
  }

  @Test
  void whatIsInt8AlreadyIsRefused() {
    Graph bytes = quantized(network(5, 1), 1);
    MalformedModelException refused =
        assertThrows(MalformedModelException.class, () -> Int8Plan.of(bytes, "their.onnx"));
    assertTrue(refused.getMessage().contains("is quantized already"), refused.getMessage());
  }

  @Test
  void aNetworkWithoutLayersIsRefused() {
    GraphBuilder g = new GraphBuilder("nothing");
    g.output(g.relu(g.input("x", -1, 3, SIDE, SIDE)), "y");
    MalformedModelException refused =
        assertThrows(MalformedModelException.class, () -> Int8Plan.of(g.build(), "their.onnx"));
    assertTrue(refused.getMessage().contains("no convolution or dense layer"));
  }

  @Test
  void valuesThatAreNoNumbersAreRefused() {
    Graph floats = network(6, 1);
    Calibration calibration = new Calibration(Int8Plan.of(floats, "a network"));
    byte[] measuring = OnnxFile.write(calibration.measuring());
    try (OnnxModel model = OnnxModel.load(measuring, OnnxOptions.defaults())) {
      FloatBuffer infinite = input(1, 1).put(0, Float.POSITIVE_INFINITY);
      var measured = model.run(infinite, shape(1));
      MalformedModelException refused =
          assertThrows(MalformedModelException.class, () -> calibration.add(measured));
      assertTrue(refused.getMessage().contains("not finite"), refused.getMessage());
    }
    assertThrows(IllegalStateException.class, calibration::quantized);
  }
}
