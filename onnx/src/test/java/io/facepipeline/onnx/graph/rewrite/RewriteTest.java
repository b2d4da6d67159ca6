package io.facepipeline.onnx.graph.rewrite;

import static io.facepipeline.onnx.graph.Reference.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.onnx.Buffers;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.graph.Attribute;
import io.facepipeline.onnx.graph.Bytes;
import io.facepipeline.onnx.graph.ConvolutionCost;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.GraphEditor;
import io.facepipeline.onnx.graph.Nets;
import io.facepipeline.onnx.graph.Node;
import io.facepipeline.onnx.graph.Port;
import io.facepipeline.onnx.graph.Reference;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RewriteTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
  void everyRewriteComputesTheSame(int seed) {
    Graph plain = Nets.random(seed);
    float[] x = Buffers.random(new Random(seed), 2 * 3 * 12 * 12);
    Graph all = plain;
    for (GraphRewrite rewrite : CpuRewrites.steps()) {
      all = rewrite.apply(all);
      assertSame(plain, rewrite.apply(plain), x);
      assertEquals(all, rewrite.apply(all), rewrite.name() + " finds more the second time");
    }
    assertSame(plain, all, x);
  }

  private static void assertSame(Graph plain, Graph rewritten, float[] x) {
    for (Port output : plain.outputs()) {
      assertClose(
          Reference.run(OnnxFile.write(plain), output.name(), x, 2, 3, 12, 12),
          Reference.run(OnnxFile.write(rewritten), output.name(), x, 2, 3, 12, 12));
    }
  }

  private static long count(Graph graph, String op) {
    return graph.nodes().stream().filter(n -> n.is(op)).count();
  }

  @Test
  void batchNormsBehindLayersGo() {
    Graph plain = Nets.random(1);
    assertEquals(5, count(plain, "BatchNormalization"));
    // The one behind the addition has no layer to go into.
    assertEquals(1, count(new FoldBatchNorm().apply(plain), "BatchNormalization"));
  }

  @Test
  void aSharedConvolutionKeepsItsBatchNorm() {
    Random r = new Random(5);
    GraphBuilder g = new GraphBuilder("shared");
    Value y = g.conv(g.input("x", -1, 3, 4, 4), Nets.weights(r, 2, 3, 1, 1), null, 1, 0, 1);
    Weights one = Weights.vector(1, 2);
    g.output(g.add(y, g.batchNorm(y, one, one, one, one, 0)), "y");
    Graph plain = g.build();
    assertEquals(plain, new FoldBatchNorm().apply(plain));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void paddingKeepsTheShiftOut(boolean padded) {
    Random r = new Random(6);
    GraphBuilder g = new GraphBuilder("input");
    Value x = g.input("x", -1, 2, 5, 5);
    Value y = g.affine(x, Nets.vector(r, 2), Nets.vector(r, 2));
    g.output(
        g.conv(g.affine(y, 2, 0), Nets.weights(r, 4, 1, 3, 3), null, 1, padded ? 1 : 0, 2), "y");
    Graph plain = g.build();
    Graph folded = new FoldInputAffine().apply(plain);
    assertEquals(padded ? 1 : 0, count(folded, "Add"));
    assertEquals(padded ? 1 : 0, count(folded, "Mul"));
    float[] image = Buffers.random(r, 50);
    assertClose(Reference.run(plain, image, 1, 2, 5, 5), Reference.run(folded, image, 1, 2, 5, 5));
  }

  @Test
  void subtractionsAndDivisionsFoldToo() {
    Random r = new Random(8);
    GraphBuilder g = new GraphBuilder("sub");
    Value x = g.input("x", -1, 2, 3, 3);
    Value y = g.sub(g.constant("k", Weights.scalar(255)), x);
    y = g.div(y, g.constant("d", new Weights(new int[] {1, 2, 1, 1}, new float[] {128, 64})));
    y = g.sub(y, g.constant("m", new Weights(new int[] {2, 1, 1}, new float[] {0.5f, 0.25f})));
    g.output(g.conv(y, Nets.weights(r, 3, 2, 3, 3), Nets.vector(r, 3), 1, 0, 1), "y");
    Graph plain = g.build();
    Graph folded = new FoldInputAffine().apply(plain);
    assertEquals(2, folded.nodes().size());
    float[] image = Buffers.random(r, 18);
    assertClose(Reference.run(plain, image, 1, 2, 3, 3), Reference.run(folded, image, 1, 2, 3, 3));
  }

  @Test
  void activationsMoveBehindPoolsOnlyWithoutNegativeSlopes() {
    for (float slope : new float[] {0.5f, -0.5f}) {
      GraphBuilder g = new GraphBuilder("pool");
      Value x = g.prelu(g.input("x", -1, 2, 6, 6), Weights.vector(slope, 0.25f));
      g.output(g.maxPool(x, 2, 2, 0, false), "y");
      Graph rewritten = new PoolBeforePRelu().apply(g.build());
      assertEquals(slope > 0 ? "MaxPool" : "PRelu", rewritten.nodes().get(0).op());
    }
  }

  /** A convolution of P-Net's kind: negative slopes, one above 1, a pooling, a convolution. */
  private static Graph pooled(int channels, int negative, boolean convFollows) {
    Random r = new Random(channels);
    float[] slopes = new float[channels];
    for (int c = 0; c < channels; c++) {
      slopes[c] = c < negative ? -0.1f - r.nextFloat() : c == negative ? 1.25f : r.nextFloat();
    }
    GraphBuilder g = new GraphBuilder("pooled");
    Value x = g.input("x", -1, 3, 9, 9);
    x = g.conv(x, Nets.weights(r, channels, 3, 3, 3), Nets.vector(r, channels), 1, 1, 1);
    x = g.maxPool(g.prelu(x, Weights.vector(slopes)), 3, 2, 1, true);
    if (convFollows) {
      x = g.conv(x, Nets.weights(r, 5, channels, 3, 3), Nets.vector(r, 5), 1, 0, 1);
    }
    return g.output(x, "y").build();
  }

  @Test
  void channelsWithNegativeSlopesAreDoubledWhereTheyFit() {
    Graph plain = pooled(10, 6, true);
    Graph doubled = new DoubleBeforePool().apply(plain);
    assertEquals(0, count(doubled, "PRelu"));
    assertEquals(
        16, doubled.weights(doubled.nodes().get(0).input(1)).orElseThrow().dim(0), "channels");
    assertEquals("MaxPool", doubled.nodes().get(1).op());
    float[] image = Buffers.random(new Random(2), 2 * 3 * 9 * 9);
    assertClose(Reference.run(plain, image, 2, 3, 9, 9), Reference.run(doubled, image, 2, 3, 9, 9));
    for (Graph kept : List.of(pooled(15, 2, true), pooled(10, 6, false))) {
      // No room in the block of 16; nothing behind that could undo the sign.
      assertEquals(kept, new DoubleBeforePool().apply(kept));
    }
  }

  @Test
  void channelsBetweenConvolutionsArePaddedToABlock() {
    Random r = new Random(3);
    GraphBuilder g = new GraphBuilder("padded");
    Value x = g.conv(g.input("x", -1, 3, 7, 7), Nets.weights(r, 10, 3, 3, 3), null, 1, 0, 1);
    x = g.prelu(x, Nets.vector(r, 10));
    Value inner = g.relu(g.conv(x, Nets.weights(r, 10, 1, 3, 3), Nets.vector(r, 10), 1, 1, 10));
    x = g.add(x, inner);
    g.output(g.conv(x, Nets.weights(r, 4, 10, 1, 1), null, 1, 0, 1), "y");
    Graph plain = g.build();
    Graph padded = new PadChannels().apply(plain);
    List<Integer> widths =
        padded.nodes().stream()
            .filter(n -> n.is("Conv"))
            .map(n -> padded.weights(n.input(1)).orElseThrow().dim(0))
            .toList();
    // The last one's channels are the graph's output.
    assertEquals(List.of(16, 16, 4), widths);
    float[] image = Buffers.random(r, 3 * 7 * 7);
    assertClose(Reference.run(plain, image, 1, 3, 7, 7), Reference.run(padded, image, 1, 3, 7, 7));
  }

  @Test
  void imagesThatLeaveTheGraphKeepTheirChannels() {
    Random r = new Random(4);
    GraphBuilder g = new GraphBuilder("leaves");
    Value x =
        g.relu(g.conv(g.input("x", -1, 3, 5, 5), Nets.weights(r, 10, 3, 3, 3), null, 1, 0, 1));
    g.output(g.conv(x, Nets.weights(r, 4, 10, 1, 1), null, 1, 0, 1), "y").output(x, "features");
    Graph plain = g.build();
    assertEquals(plain, new PadChannels().apply(plain));
  }

  @Test
  void theGreaterOfTwoHalvesIsASum() {
    Random r = new Random(5);
    for (int first : new int[] {6, 5}) {
      GraphBuilder g = new GraphBuilder("halves");
      Value x = g.input("x", -1, 3, 6, 6);
      Value y = g.conv(x, Nets.weights(r, 2 * first, 3, 3, 3), Nets.vector(r, 2 * first), 2, 1, 1);
      List<Value> halves = g.split(y, 1, first, first);
      g.output(g.max(halves.get(0), halves.get(1)), "y");
      Graph plain = g.build();
      Graph sum = new MaxOfHalves().apply(plain);
      assertEquals(0, count(sum, "Max") + count(sum, "Split"));
      float[] image = Buffers.random(r, 3 * 6 * 6);
      assertClose(Reference.run(plain, image, 1, 3, 6, 6), Reference.run(sum, image, 1, 3, 6, 6));
    }
    GraphBuilder g = new GraphBuilder("shared");
    Value y = g.conv(g.input("x", -1, 3, 4, 4), Nets.weights(r, 4, 3, 1, 1), null, 1, 0, 1);
    List<Value> halves = g.split(y, 1, 2, 2);
    g.output(g.max(halves.get(0), halves.get(1)), "y").output(halves.get(0), "half");
    Graph shared = g.build();
    assertEquals(shared, new MaxOfHalves().apply(shared));
  }

  @Test
  void permutationsGoIntoTheDenseLayer() {
    Random r = new Random(6);
    int[][] orders = {{0, 3, 2, 1}, {0, 2, 3, 1}, {0, 1, 3, 2}};
    for (int[] order : orders) {
      GraphBuilder g = new GraphBuilder("turned");
      Value x = g.conv(g.input("x", -1, 2, 6, 5), Nets.weights(r, 3, 2, 3, 2), null, 1, 0, 1);
      Value flat = g.flatten(g.transpose(x, order));
      g.output(g.dense(flat, Nets.weights(r, 7, 3 * 4 * 4), Nets.vector(r, 7)), "y");
      Graph plain = g.build();
      Graph folded = new FoldTranspose().apply(plain);
      assertEquals(0, count(folded, "Transpose"));
      float[] image = Buffers.random(r, 2 * 2 * 6 * 5);
      assertClose(
          Reference.run(plain, image, 2, 2, 6, 5), Reference.run(folded, image, 2, 2, 6, 5));
    }
  }

  @Test
  void headsOnOneInputBecomeOne() {
    Graph merged = new MergeHeads().apply(Nets.random(2));
    assertEquals(1, count(merged, "Split") - (count(merged, "Gemm") == 1 ? 1 : 0));
    assertEquals(1, count(merged, "Gemm"));
  }

  @Test
  void preluIsSpelledOut() {
    Graph split = new SplitPRelu().apply(Nets.random(2));
    // The one on vectors stays, there is no convolution of vectors.
    assertEquals(1, count(split, "PRelu"));
  }

  @Test
  void convolutionsCostTheirPixelsTimesTheirWeights() {
    GraphBuilder g = new GraphBuilder("two");
    Value x = g.input("x", -1, 3, 8, 8);
    Value wide = g.conv(x, new Weights(new int[] {4, 3, 3, 3}, new float[108]), null, 2, 1, 1);
    g.output(g.conv(wide, new Weights(new int[] {4, 1, 1, 1}, new float[4]), null, 1, 0, 4), "y");
    assertEquals((16 * 108 + 16 * 4) / 2.0, ConvolutionCost.meanMultiplications(g.build()));
    GraphBuilder open = new GraphBuilder("open");
    Value any = open.input("x", -1, 3, -1, -1);
    open.output(
        open.conv(any, new Weights(new int[] {4, 3, 3, 3}, new float[108]), null, 1, 0, 1), "y");
    assertEquals(0, ConvolutionCost.meanMultiplications(open.build()));
  }

  @Test
  void invalidGraphsAreRefused() {
    GraphEditor editor = Nets.random(1).edit();
    editor.remove(editor.nodes().get(0));
    assertThrows(MalformedModelException.class, editor::toGraph);
    GraphEditor twice = Nets.random(1).edit();
    Node first = twice.nodes().get(0);
    twice.replace(first, first, first);
    assertThrows(MalformedModelException.class, twice::toGraph);
    assertThrows(IllegalArgumentException.class, () -> editor.remove(first));
    GraphBuilder g = new GraphBuilder("nested");
    Map<String, Attribute> nested = Map.of("body", new Attribute.Raw(5, new Bytes(new byte[0])));
    g.output(g.op("Loop", 2, nested, g.input("x", 1, 2)), "y");
    Graph loop = g.build();
    assertThrows(MalformedModelException.class, loop::edit);
  }

  @Test
  void lookUpsFindTheirNodes() {
    Graph graph = Nets.random(1);
    Node node = graph.nodes().get(2);
    assertEquals(node, graph.producer(node.output()).orElseThrow());
    assertEquals(List.of(graph.nodes().get(3)), graph.consumers(node.output()));
    assertEquals(graph.nodes().get(3), graph.edit().onlyConsumer(node.output()).orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({
    "strides, 0 1",
    "strides, 1",
    "strides, 1 1 1",
    "strides, 9223372036854775807 1",
    "pads, 1 1",
    "pads, -1 0 0 0",
    "pads, 9223372036854775807 0 0 0",
    "dilations, 0 0",
    "dilations, 1",
    "kernel_shape, 9223372036854775807 1",
    "kernel_shape, 2"
  })
  void windowsThatCannotBeAreRefusedByTheirNode(String attribute, String values) {
    long[] numbers = Arrays.stream(values.split(" ")).mapToLong(Long::parseLong).toArray();
    GraphBuilder builder = new GraphBuilder("windows");
    Value x = builder.input("x", -1, 3, 8, 8);
    boolean pool = attribute.equals("kernel_shape");
    Weights weight = new Weights(new int[] {2, 3, 1, 1}, new float[6]);
    Value y =
        pool
            ? builder.named("odd").op("MaxPool", 4, Map.of(attribute, Attribute.ints(numbers)), x)
            : builder
                .named("odd")
                .op(
                    "Conv",
                    4,
                    Map.of(attribute, Attribute.ints(numbers)),
                    x,
                    builder.constant("w", weight));
    Value z = builder.prelu(y, Weights.vector(pool ? new float[3] : new float[2]));
    Graph graph = builder.output(z, "z", -1, -1, -1, -1).build();
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> CpuRewrites.apply(graph));
    assertTrue(e.getMessage().contains("odd"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"3, 1, 0, 0", "3, 2, 1, 1", "5, 2, 0, 3", "1, 1, 0, 0"})
  void interleavedRowsComputeTheSame(int kernel, int stride, int before, int behind) {
    Random r = new Random(kernel);
    GraphBuilder g = new GraphBuilder("stem");
    Value x = g.input("x", -1, 3, -1, -1);
    Value y =
        g.op(
            "Conv",
            4,
            Map.of(
                "strides",
                Attribute.ints(stride, 1),
                "pads",
                Attribute.ints(before, behind, behind, before)),
            x,
            g.constant("filters", Nets.weights(r, 4, 3, kernel, kernel)),
            g.constant("bias", Nets.vector(r, 4)));
    Graph plain = g.output(y, "y").build();
    Graph interleaved = new InterleaveRows().apply(plain);
    assertEquals(1, interleaved.inputs().get(0).dims().get(1).size());
    int rows = 9;
    int columns = 11;
    float[] planes = Buffers.random(r, 2 * 3 * rows * columns);
    float[] turns = new float[planes.length];
    for (int n = 0; n < 2; n++) {
      for (int c = 0; c < 3; c++) {
        for (int row = 0; row < rows; row++) {
          int from = ((n * 3 + c) * rows + row) * columns;
          System.arraycopy(planes, from, turns, ((n * rows + row) * 3 + c) * columns, columns);
        }
      }
    }
    assertClose(
        Reference.run(OnnxFile.write(plain), "y", planes, 2, 3, rows, columns),
        Reference.run(OnnxFile.write(interleaved), "y", turns, 2, 1, 3L * rows, columns));
    assertEquals(interleaved, new InterleaveRows().apply(interleaved));
  }

  @Test
  void rowsAreNotInterleavedWhereMoreThanOneConvolutionReadsThem() {
    Random r = new Random(2);
    GraphBuilder g = new GraphBuilder("two");
    Value x = g.input("x", 1, 3, -1, -1);
    Value a = g.conv(x, Nets.weights(r, 2, 3, 3, 3), null, 1, 1, 1);
    Value b = g.conv(x, Nets.weights(r, 2, 3, 1, 1), null, 1, 0, 1);
    Graph plain = g.output(g.add(a, b), "y").build();
    assertEquals(plain, new InterleaveRows().apply(plain));
  }
}
