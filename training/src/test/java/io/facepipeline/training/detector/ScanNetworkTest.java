package io.facepipeline.training.detector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.detection.scan.ScanNetwork;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.graph.rewrite.CpuRewrites;
import io.facepipeline.testkit.FormulaWeights;
import io.facepipeline.training.student.Student;
import io.facepipeline.training.torch.Tensors;
import io.facepipeline.training.torch.TorchScope;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The network in training, its plain graph and the fast one compute the same. */
@SuppressWarnings("try") // scopes are used by closing them
@ExtendWith(TorchScope.class)
class ScanNetworkTest {
  private static final int WIDTH = 160;
  private static final int HEIGHT = 96;

  /** Of strides 8, 16 and 32. */
  private static final int CELLS = 20 * 12 + 10 * 6 + 5 * 3;

  @Test
  void trainedPlainAndFastFormAgree() {
    float[] image = FormulaWeights.values("image", FormulaWeights.Kind.INPUT, 1, 3, HEIGHT, WIDTH);
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        Student student = student()) {
      // Statistics other than those that a new network begins with.
      student.forward(Tensors.floats(image, 1, 3, HEIGHT, WIDTH), true);
      Checkpoint weights = student.checkpoint();
      float[] expected =
          Tensors.values(student.forward(Tensors.floats(image, 1, 3, HEIGHT, WIDTH), false));
      assertEquals(ScanNetwork.NUMBERS * CELLS, expected.length);
      Graph plain = ScanNetwork.graph(weights);
      assertSame(expected, run(plain, image));
      Graph fast = CpuRewrites.apply(plain);
      assertTrue(plain.nodes().stream().anyMatch(node -> node.op().equals("BatchNormalization")));
      assertTrue(fast.nodes().stream().noneMatch(node -> node.op().equals("BatchNormalization")));
      assertSame(expected, run(fast, image));
    }
  }

  @Test
  void hasAboutAHundredThousandWeights() {
    try (Student student = student()) {
      long weights = student.parameters().values().stream().mapToLong(p -> p.numel()).sum();
      assertTrue(weights > 80_000 && weights < 130_000, weights + " weights");
    }
  }

  @Test
  void refusesTheWeightsOfAnotherNetwork() {
    try (Student student = student()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>(student.checkpoint().tensors());
      tensors.put("more.weight", Tensor.of(new int[] {1}, new float[] {1}));
      MalformedModelException e =
          assertThrows(
              MalformedModelException.class, () -> ScanNetwork.graph(Checkpoint.of(tensors)));
      assertTrue(String.valueOf(e.getMessage()).contains("more.weight"), e::getMessage);
      tensors.remove("more.weight");
      tensors.remove("stem.conv.weight");
      assertThrows(MalformedModelException.class, () -> ScanNetwork.graph(Checkpoint.of(tensors)));
    }
  }

  private static Student student() {
    return new Student(
        new ScanArchitecture(),
        new Student.Form(ScanNetwork.NUMBERS, 64, false),
        new SplittableRandom(3));
  }

  private static void assertSame(float[] expected, float[] found) {
    assertEquals(expected.length, found.length);
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertTrue(largest > 1, "largest " + largest);
    // What goes through twenty layers of random weights grows, and so do the rounding errors.
    for (int i = 0; i < found.length; i++) {
      assertEquals(expected[i], found[i], 2e-5 * largest, "value " + i + ", largest " + largest);
    }
  }

  private static float[] run(Graph graph, float[] image) {
    FloatBuffer input =
        ByteBuffer.allocateDirect(image.length * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    input.put(image).flip();
    try (OnnxModel model = OnnxModel.load(OnnxFile.write(graph), OnnxOptions.defaults())) {
      return model.run(input, new long[] {1, 3, HEIGHT, WIDTH}, ScanNetwork.OUTPUT);
    }
  }
}
