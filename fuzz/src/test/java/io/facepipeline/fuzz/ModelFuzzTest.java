package io.facepipeline.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.facepipeline.CropSpec;
import io.facepipeline.ModelCard;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.graph.rewrite.CpuRewrites;
import io.facepipeline.onnx.internal.CardFile;
import io.facepipeline.onnx.internal.CardMetadata;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** ONNX files, as far as the library reads them itself, and the cards of models. */
final class ModelFuzzTest {
  private static ModelCard card() {
    return ModelCard.builder("tiny").embeddingSize(4).crop(CropSpec.margin(8, 0)).build();
  }

  static Stream<byte[]> models() {
    return Stream.of(tiny(false), tiny(true));
  }

  private static byte[] tiny(boolean withCard) {
    GraphBuilder g = new GraphBuilder("tiny");
    Value x = g.affine(g.input("x", -1, 3, 8, 8), 1 / 128f, -1);
    x = g.conv(x, ramp(4, 3, 3, 3), null, 1, 0, 1);
    Weights four = ramp(4);
    x = g.prelu(g.batchNorm(x, four, four, four, four, 1e-3f), four);
    x = g.maxPool(x, 3, 2, 0, false);
    x = g.dense(g.flatten(g.globalAveragePool(x)), ramp(4, 4), null);
    g.output(g.l2Normalize(x, 1, 1e-12f), "y");
    if (withCard) {
      CardMetadata.write(card()).forEach(g::metadata);
    }
    return OnnxFile.write(g.build());
  }

  private static Weights ramp(int... shape) {
    int n = 1;
    for (int s : shape) {
      n *= s;
    }
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = 0.1f * (1 + i % 7);
    }
    return new Weights(shape, values);
  }

  /** An ONNX file: reading it, its rewrites, and writing it again. */
  @MethodSource("models")
  @FuzzTest
  void onnx(byte[] file) {
    Hostile.read(
        () -> {
          Graph graph = OnnxFile.read(file);
          if (CardMetadata.isPresent(graph.metadata())) {
            CardMetadata.read(graph.metadata());
          }
          OnnxFile.write(CpuRewrites.apply(graph));
        });
  }

  static Stream<byte[]> cards() {
    return Stream.of(CardFile.write(card()).getBytes(StandardCharsets.UTF_8));
  }

  static Stream<byte[]> catalogs() {
    return Stream.of(
        """
        {"models": [{"id": "a", "kind": "face-embedder", "architecture": "IR-50", "format": "onnx",
         "files": [{"name": "a.pth", "size": 9, "sha256": "0123abcd", "download": "https://e.org/a",
          "alternatives": [{"name": "b.pth"}]}], "origin": "o", "license": "MIT",
         "crop": {"width": 8, "height": 8, "rule": "margin 1"}, "colorOrder": "RGB", "mean": [1],
         "deviation": [2], "embeddingSize": 4,
         "accuracy": {"benchmark": "LFW", "percent": 99.5, "source": "s"},
         "thresholds": {"verification": 0.1, "identification": 0.2, "impostorPairs": 3, "data": "d"}}]}
        """
            .getBytes(StandardCharsets.UTF_8),
        """
        {"id": "b", "kind": "face-attribute", "attribute": "mask", "architecture": "M",
         "files": [{"name": "b.onnx", "mean": [1, 2, 3]}], "origin": "o",
         "license": {"name": "n", "url": "u", "restricted": true},
         "crop": {"width": 8, "height": 8, "rule": "scaled-box 2"}, "colorOrder": "BGR", "mean": [0],
         "deviation": [1], "classes": ["yes", "no"], "output": "probabilities"}
        """
            .getBytes(StandardCharsets.UTF_8));
  }

  /** The catalog beside a model, or of a jar. */
  @MethodSource("catalogs")
  @FuzzTest
  void catalog(byte[] json) {
    Hostile.read(() -> ModelCatalog.read(Hostile.file("catalog.json", json)));
  }

  /** The card beside an ONNX file. */
  @MethodSource("cards")
  @FuzzTest
  void card(byte[] json) {
    Hostile.read(() -> CardFile.write(CardFile.read(Hostile.file("card.json", json))));
  }
}
