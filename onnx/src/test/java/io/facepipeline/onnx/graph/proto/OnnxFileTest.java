package io.facepipeline.onnx.graph.proto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.onnx.Buffers;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.graph.Attribute;
import io.facepipeline.onnx.graph.Bytes;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Nets;
import io.facepipeline.onnx.graph.Reference;
import io.facepipeline.onnx.graph.rewrite.CpuRewrites;
import io.facepipeline.onnx.graph.rewrite.GraphRewrite;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxFileTest {
  @Test
  void whatIsWrittenIsReadBack() {
    for (int seed = 0; seed < 20; seed++) {
      Graph graph = Nets.random(seed);
      Graph again = OnnxFile.read(OnnxFile.write(graph));
      assertEquals(graph, again);
      assertArrayEquals(OnnxFile.write(graph), OnnxFile.write(again));
    }
  }

  @Test
  void everyKindOfAttributeIsReadBack() {
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    attributes.put("int", Attribute.of(-3));
    attributes.put("ints", Attribute.ints(1, -2, 3));
    attributes.put("none", Attribute.ints(new long[0]));
    attributes.put("real", Attribute.of(0.5f));
    attributes.put("reals", new Attribute.Reals(List.of(1f, 2f)));
    attributes.put("text", Attribute.of("größe"));
    byte[] tensor =
        ProtoWriter.toBytes(
            t -> {
              t.bytes(5, new byte[] {8, 1});
              t.integer(20, 4);
            });
    attributes.put("raw", new Attribute.Raw(4, new Bytes(tensor)));
    GraphBuilder g = new GraphBuilder("attributes");
    g.output(g.op("Custom", 2, attributes, g.input("x", -1, 2)), "y");
    Graph graph = g.build();
    assertEquals(graph, OnnxFile.read(OnnxFile.write(graph)));
  }

  @Test
  void floatDataAndUnknownFieldsAreUnderstood() {
    byte[] file =
        ProtoWriter.toBytes(
            model -> {
              model.integer(1, 8);
              model.text(6, "a remark");
              model.message(
                  7,
                  g -> {
                    g.message(
                        5,
                        t -> {
                          t.integer(1, 2);
                          t.integer(2, 1);
                          t.real(4, 1.5f);
                          t.real(4, -2f);
                          t.text(8, "w");
                        });
                    g.text(10, "another remark");
                  });
            });
    Graph graph = OnnxFile.read(file);
    assertArrayEquals(new float[] {1.5f, -2}, graph.weights("w").orElseThrow().values());
    assertTrue(graph.modelExtra().length() > 0 && graph.graphExtra().length() > 0);
    assertEquals(graph, OnnxFile.read(OnnxFile.write(graph)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mobilefacenet/mobilefacenet_foamliu_dynamic.onnx",
        "others/faceapi_expression.onnx",
        "others/fer2013_mini_xception.onnx",
        "others/minifasnet_v1se_4.0.onnx",
        "others/minifasnet_v2_2.7.onnx",
        "others/squeezenet1.1_imagenet.onnx",
        "others/yunet_n_dynamic.onnx"
      })
  void realModelsSurviveARoundTripAndEveryRewrite(String path) throws IOException {
    byte[] file = Files.readAllBytes(Reference.model(path));
    Graph graph = OnnxFile.read(file).validate();
    byte[] written = OnnxFile.write(graph);
    assertEquals(graph, OnnxFile.read(written));
    Graph rewritten = graph;
    for (GraphRewrite rewrite : CpuRewrites.steps()) {
      rewritten = rewrite.apply(rewritten);
    }
    try (OnnxModel before = OnnxModel.load(file, Reference.PLAIN);
        OnnxModel after = OnnxModel.load(written, Reference.PLAIN);
        OnnxModel changed = OnnxModel.load(OnnxFile.write(rewritten), Reference.PLAIN)) {
      assertArrayEquals(before.inputShape(), after.inputShape());
      long[] shape = before.inputShape();
      for (int i = 0; i < shape.length; i++) {
        shape[i] = shape[i] > 0 ? shape[i] : i == 0 ? 1 : 160;
      }
      if (path.startsWith("mobilefacenet")) {
        shape = new long[] {2, 3, 112, 112};
      }
      int size = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      float[] input = Buffers.random(new Random(1), size);
      for (String output : before.outputs().keySet()) {
        float[] expected = before.run(Buffers.direct(input), shape, output);
        assertArrayEquals(expected, after.run(Buffers.direct(input), shape, output));
        // Deep nets add up the rounding of every layer; single rewrites are held to 1e-5 elsewhere.
        float[] actual = changed.run(Buffers.direct(input), shape, output);
        double scale = 1e-2;
        for (float v : expected) {
          scale = Math.max(scale, Math.abs(v));
        }
        for (int i = 0; i < actual.length; i++) {
          assertEquals(expected[i], actual[i], 1e-4 * scale, output + " value " + i);
        }
      }
    }
  }

  @Test
  void damagedFilesGiveTypedExceptionsOnly() {
    byte[] file = OnnxFile.write(Nets.random(3));
    Random random = new Random(11);
    int refused = 0;
    for (int i = 0; i < 4000; i++) {
      byte[] damaged = file.clone();
      int changes = 1 + random.nextInt(4);
      for (int c = 0; c < changes; c++) {
        // Half of the changes hit the structure in front, where lengths and tags are dense.
        int range = random.nextBoolean() ? Math.min(1500, damaged.length) : damaged.length;
        damaged[random.nextInt(range)] = (byte) random.nextInt(256);
      }
      try {
        OnnxFile.read(damaged).validate();
      } catch (MalformedModelException e) {
        refused++;
      }
    }
    assertTrue(refused > 100, "only " + refused + " were refused");
  }

  @Test
  @Timeout(20)
  void filesOfManyTinyFieldsAreReadInLinearTime() {
    byte[] file =
        ProtoWriter.toBytes(
            model -> {
              model.integer(1, 8);
              model.message(
                  7,
                  g ->
                      g.message(
                          5,
                          t -> {
                            t.integer(1, 1_000_000);
                            t.integer(2, 1);
                            for (int i = 0; i < 1_000_000; i++) {
                              t.real(4, i);
                            }
                          }));
              for (int i = 0; i < 1_000_000; i++) {
                model.integer(99, 1);
              }
            });
    Graph graph = OnnxFile.read(file);
    assertEquals(999_999f, graph.weights("").orElseThrow().values()[999_999]);
    assertEquals(3_000_000, graph.modelExtra().length());
  }

  @Test
  void truncatedFilesAreRefusedByReaderAndRuntime() {
    byte[] file = OnnxFile.write(Nets.random(4));
    // The last bytes may be whole fields of metadata; what stops within the graph never passes.
    for (int length = 0; length < file.length / 2; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThrows(MalformedModelException.class, () -> OnnxFile.read(cut));
    }
    byte[] half = Arrays.copyOf(file, file.length / 2);
    assertThrows(MalformedModelException.class, () -> OnnxModel.load(half, Reference.PLAIN));
    assertThrows(MalformedModelException.class, () -> OnnxModel.load(new byte[0], Reference.PLAIN));
  }
}
