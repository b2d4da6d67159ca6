package io.facepipeline.embedding;

import static io.facepipeline.embedding.Architecture.named;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.Doubles;
import com.google.common.primitives.Floats;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.embedding.internal.ChannelCheck;
import io.facepipeline.embedding.internal.EmbeddingGraphs;
import io.facepipeline.embedding.internal.Fit;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.LayerEmitter;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.graph.rewrite.CpuRewrites;
import io.facepipeline.testkit.FormulaWeights;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every architecture with formula weights against the outputs of its reference implementation. */
class GoldenBackbonesTest {
  private static final double RELATIVE = 1e-4;
  private static final List<String> RECORDED = List.of("face-evolve.json", "mobile-embedders.json");

  static Stream<Arguments> architectures() {
    return Stream.of(
        golden(
            "facenet/InceptionResnetV1",
            named("InceptionResnetV1"),
            FormulaCheckpoints::inceptionResnetV1),
        golden(
            "torchvision/resnet50",
            named("torchvision ResNet-50").withClasses().orElseThrow(),
            FormulaCheckpoints::torchvisionResNet50),
        golden(
            "torchvision/alexnet",
            named("torchvision AlexNet").withClasses().orElseThrow(),
            FormulaCheckpoints::alexNet),
        golden("lightcnn/LightCNN-9", named("LightCNN-9"), FormulaCheckpoints::lightCnn9),
        golden("lightcnn/LightCNN-29", named("LightCNN-29"), FormulaCheckpoints::lightCnn29),
        golden("lightcnn/LightCNN-29v2", named("LightCNN-29v2"), FormulaCheckpoints::lightCnn29v2),
        golden("lightcnn/LightCNN-v4", named("LightCNN-v4"), FormulaCheckpoints::lightCnnV4),
        golden("evolve/MobileFaceNet", named("MobileFaceNet"), FormulaCheckpoints::mobileFaceNet),
        golden(
            "evolve/ResNet_50",
            named("ResNet-50"),
            () -> FormulaCheckpoints.residualNet(3, 4, 6, 3)),
        golden(
            "evolve/ResNet_101",
            named("ResNet-101"),
            () -> FormulaCheckpoints.residualNet(3, 4, 23, 3)),
        golden(
            "evolve/ResNet_152",
            named("ResNet-152"),
            () -> FormulaCheckpoints.residualNet(3, 8, 36, 3)),
        described("evolve/", "GhostNet", 512),
        described("evolve/", "AttentionNet-IR-56", 512),
        described("evolve/", "AttentionNet-IR-92", 512),
        described("mobilefacenet/", "MobileFaceNet 112x96 (Xiaoccer)", 128),
        described("edgeface/", "EdgeFace XXS", 512),
        described("edgeface/", "EdgeFace XS", 512),
        described("edgeface/", "EdgeFace XS (gamma 0.6)", 512),
        described("edgeface/", "EdgeFace S (gamma 0.5)", 512),
        improved("50", false, 3, 4, 14, 3),
        improved("101", false, 3, 13, 30, 3),
        improved("152", false, 3, 8, 36, 3),
        improved("50", true, 3, 4, 14, 3),
        improved("101", true, 3, 13, 30, 3),
        improved("152", true, 3, 8, 36, 3));
  }

  private static Arguments improved(String depth, boolean excited, int... units) {
    return golden(
        "evolve/IR_" + (excited ? "SE_" : "") + depth,
        named("IR-" + (excited ? "SE-" : "") + depth),
        () -> FormulaCheckpoints.improvedResidualNet(excited, units));
  }

  /** With a checkpoint that the description itself makes. */
  private static Arguments described(String family, String name, int features) {
    Architecture architecture = named(name);
    return golden(
        family + name, architecture, () -> FormulaLayers.checkpoint(architecture, features));
  }

  private static Arguments golden(
      String name, Architecture architecture, Supplier<Checkpoint> checkpoint) {
    return Arguments.of(name, architecture, checkpoint);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("architectures")
  void equalsTheReference(String name, Architecture architecture, Supplier<Checkpoint> formula)
      throws IOException {
    JsonObject golden = recorded(name);
    int[] shape = ints(golden.getAsJsonArray("input"));
    int features = ints(golden.getAsJsonArray("output"))[1];
    float[] input = FormulaWeights.values("input", FormulaWeights.Kind.INPUT, shape);
    JsonArray values = golden.getAsJsonArray("values");
    double[] expected = new double[values.size()];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = values.get(i).getAsDouble();
    }
    if (shape[0] == 1) {
      // Recorded for one image: two of it must give the same twice.
      shape[0] = 2;
      input = Floats.concat(input, input);
      expected = Doubles.concat(expected, expected);
    }
    Graph plain = network(architecture, formula, golden);
    for (Graph graph : List.of(plain, CpuRewrites.apply(plain))) {
      assertGolden(graph, input, shape, expected, features);
    }
  }

  /** What was recorded of a reference: beside this test, else in the shared data. */
  private static JsonObject recorded(String name) throws IOException {
    for (String file : RECORDED) {
      try (InputStream in = GoldenBackbonesTest.class.getResourceAsStream(file);
          Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
        JsonObject own = JsonParser.parseReader(reader).getAsJsonObject();
        if (own.has(name)) {
          return own.getAsJsonObject(name);
        }
      }
    }
    return SharedData.json("golden/backbones.json").getAsJsonObject().getAsJsonObject(name);
  }

  private static void assertGolden(
      Graph graph, float[] input, int[] shape, double[] expected, int features) {
    try (OnnxModel network = OnnxModel.load(OnnxFile.write(graph), OnnxOptions.defaults())) {
      float[] both = run(network, input, shape);
      assertEquals(2 * features, both.length);
      assertClose(expected, both, features);

      int half = input.length / 2;
      int[] one = shape.clone();
      one[0] = 1;
      float[] singly = new float[both.length];
      for (int row = 0; row < 2; row++) {
        float[] part = Arrays.copyOfRange(input, row * half, (row + 1) * half);
        System.arraycopy(run(network, part, one), 0, singly, row * features, features);
      }
      assertClose(expected, singly, features);
    }
  }

  /** Each architecture is recognized by its own tensors and by no other's. */
  private static void assertRecognised(Architecture architecture, Checkpoint checkpoint) {
    for (Arguments other : architectures().toList()) {
      Architecture candidate = (Architecture) other.get()[1];
      assertEquals(
          candidate.name().equals(architecture.name()),
          Fit.of(candidate, checkpoint).fits(),
          candidate.name());
    }
  }

  /**
   * The network alone, without what brings bytes to its scale. The checkpoint lives no longer than
   * this, for the largest have hundreds of megabytes.
   */
  private static Graph network(
      Architecture architecture, Supplier<Checkpoint> formula, JsonObject golden) {
    Checkpoint checkpoint = formula.get();
    assertEquals(golden.get("tensors").getAsInt(), checkpoint.tensors().size());
    assertEquals(
        golden.get("parameters").getAsLong(),
        checkpoint.tensors().values().stream().mapToLong(Tensor::size).sum());
    assertRecognised(architecture, checkpoint);
    assertEquals(ints(golden.getAsJsonArray("output"))[1], architecture.outputSize(checkpoint));
    int[] shape = ints(golden.getAsJsonArray("input"));
    LayerEmitter graph = new LayerEmitter("network", checkpoint);
    Value input = graph.input("input", -1, shape[1], shape[2], shape[3]);
    int outputs = architecture.outputSize(checkpoint);
    graph.output(architecture.forward(graph, input, outputs), EmbeddingGraphs.FEATURES);
    assertEquals(List.of(), Fit.unused(architecture, graph));
    Graph built = graph.build();
    assertEquals(Optional.empty(), ChannelCheck.firstMisshapen(built, shape[1]));
    return built;
  }

  private static float[] run(OnnxModel network, float[] input, int[] shape) {
    FloatBuffer buffer =
        ByteBuffer.allocateDirect(input.length * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    buffer.put(input).flip();
    return network.run(
        buffer, Arrays.stream(shape).asLongStream().toArray(), EmbeddingGraphs.FEATURES);
  }

  /** Each row's distance is small against its length. */
  private static void assertClose(double[] expected, float[] actual, int features) {
    for (int row = 0; row < actual.length / features; row++) {
      double difference = 0;
      double length = 0;
      for (int i = row * features; i < (row + 1) * features; i++) {
        difference += (expected[i] - actual[i]) * (expected[i] - actual[i]);
        length += expected[i] * expected[i];
      }
      double relative = Math.sqrt(difference / length);
      assertTrue(relative <= RELATIVE, "row " + row + ": relative error " + relative);
    }
  }

  private static int[] ints(JsonArray array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).getAsInt();
    }
    return values;
  }
}
