package io.facepipeline.onnx.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.onnx.Buffers;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GraphSurgeryTest {
  /** y = 2 x on [n, 3]. */
  private static Graph doubling() {
    GraphBuilder g = new GraphBuilder("doubling");
    return g.output(g.affine(g.input("x", -1, 3), 2, 0), "y", -1, 3).build();
  }

  @Test
  void operationsGoInFrontOfAnInput() {
    Graph g =
        GraphSurgery.prepend(
            doubling(),
            "x",
            Port.floats("x", -1, 3),
            (b, v) -> b.affine(b.gather(v, 1, 2, 1, 0), 1, -1));
    assertArrayEquals(new float[] {4, 2, 0}, Reference.run(g, new float[] {1, 2, 3}, 1, 3));
  }

  @Test
  void operationsGoBehindAnOutput() {
    Graph g = GraphSurgery.append(doubling(), "y", (b, v) -> b.l2Normalize(v, 1, 1e-12f));
    assertEquals("y", g.outputs().get(0).name());
    assertArrayEquals(
        new float[] {0.6f, 0, 0.8f}, Reference.run(g, new float[] {3, 0, 4}, 1, 3), 1e-6f);
    Graph twice = GraphSurgery.append(g, "y", (b, v) -> b.affine(v, 10, 0));
    assertArrayEquals(
        new float[] {6, 0, 8}, Reference.run(twice, new float[] {3, 0, 4}, 1, 3), 1e-5f);
  }

  @Test
  void portsAndMetadataChange() {
    Graph g =
        GraphSurgery.renameOutput(GraphSurgery.renameInput(doubling(), "x", "face"), "y", "vector");
    g = GraphSurgery.withMetadata(g, "metric", "cosine");
    try (OnnxModel model = OnnxModel.load(OnnxFile.write(g), Reference.PLAIN)) {
      assertEquals("face", model.inputName());
      assertEquals(List.of("vector"), List.copyOf(model.outputs().keySet()));
      assertEquals("cosine", model.metadata().get("metric"));
    }
    assertThrows(
        IllegalArgumentException.class, () -> GraphSurgery.renameInput(doubling(), "z", "a"));
    assertThrows(
        IllegalArgumentException.class, () -> GraphSurgery.renameOutput(doubling(), "y", "x"));
    assertThrows(
        IllegalArgumentException.class, () -> GraphSurgery.keepOutputs(doubling(), List.of()));
    assertThrows(
        IllegalArgumentException.class, () -> GraphSurgery.append(doubling(), "z", (b, v) -> v));
  }

  @Test
  void droppedOutputsTakeTheirNodesAlong() {
    Graph all = Nets.random(1);
    Graph kept = GraphSurgery.keepOutputs(all, List.of("b"));
    assertTrue(kept.nodes().size() < all.nodes().size());
    float[] x = Buffers.random(new Random(1), 432);
    assertArrayEquals(
        Reference.run(OnnxFile.write(all), "b", x, 1, 3, 12, 12),
        Reference.run(kept, x, 1, 3, 12, 12));
  }

  @Test
  void aRealModelIsWrapped() throws IOException {
    Graph plain =
        OnnxFile.read(Files.readAllBytes(Reference.model("others/squeezenet1.1_imagenet.onnx")));
    String input = plain.dataInputs().get(0).name();
    String output = plain.outputs().get(0).name();
    Graph wrapped =
        GraphSurgery.prepend(
            plain, input, Port.floats("image", -1, 3, 224, 224), (b, v) -> b.affine(v, 0.5f, 0));
    wrapped = GraphSurgery.append(wrapped, output, (b, v) -> b.affine(v, 2, 0));
    float[] x = Buffers.random(new Random(2), 3 * 224 * 224);
    float[] half = x.clone();
    for (int i = 0; i < half.length; i++) {
      half[i] *= 0.5f;
    }
    float[] expected = Reference.run(plain, half, 1, 3, 224, 224);
    for (int i = 0; i < expected.length; i++) {
      expected[i] *= 2;
    }
    assertArrayEquals(expected, Reference.run(wrapped, x, 1, 3, 224, 224));
  }
}
