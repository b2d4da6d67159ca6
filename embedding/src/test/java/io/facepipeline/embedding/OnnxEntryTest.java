package io.facepipeline.embedding;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.CropSpec;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.ModelCard;
import io.facepipeline.ModelCard.CommercialUse;
import io.facepipeline.ModelCardBuilder;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.internal.CardFile;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.ModelStoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Embedders that are published as ONNX files without a card: an entry is all they need. */
class OnnxEntryTest {
  private static final String ENTRY =
      """
      {
        "id": "edge",
        "kind": "face-embedder",
        "architecture": "EdgeNet",
        "format": "onnx",
        "files": [{"name": "edge.onnx", "sha256": "HASH"}],
        "origin": "github.com/them/edge",
        "license": "MIT",
        "crop": {"width": 8, "height": 8, "rule": "margin 0"},
        "colorOrder": "RGB",
        "mean": [127.5],
        "deviation": [127.5],
        "embeddingSize": 3,
        "accuracy": {"benchmark": "LFW", "percent": 99, "source": "theirs"},
        "thresholds": {"verification": 0.3, "identification": 0.4, "impostorPairs": 7, "data": "LFW"}
      }
      """;

  @TempDir Path folder;

  private Path onnx(String name, float weight) throws IOException {
    GraphBuilder graph = new GraphBuilder("theirs");
    Value pooled = graph.globalAveragePool(graph.input("x", -1, 3, 8, 8));
    float[] values = {weight, 0, 0, 0, 1, 0, 0, 0, 1};
    Value features =
        graph.dense(graph.flatten(pooled), new Weights(new int[] {3, 3}, values), null);
    graph.output(features, "y", -1, 3);
    return Files.write(folder.resolve(name), OnnxFile.write(graph.build()));
  }

  private static String entry(Path file) {
    return ENTRY.replace("HASH", Checkpoint.sha256(file));
  }

  @Test
  void loadsFromTheStoreAndFromItsPath() throws Exception {
    Path file = onnx("edge.onnx", 1);
    Backbone edge = Backbone.of(ModelCatalog.parse("theirs", entry(file)).entry("edge").get());
    try (FaceEmbedder found = edge.load(ModelStore.of(folder), EmbedderOptions.defaults());
        FaceEmbedder given = edge.load(file)) {
      assertEquals(found.card(), given.card());
      assertEquals("edge", found.card().id());
      assertEquals("EdgeNet", found.card().architecture());
      assertEquals("MIT", found.card().license());
      assertEquals(CropSpec.margin(8, 0), found.crop());
      assertEquals(0.3f, found.card().verificationThreshold());
    }
    // Of another training, and with no facts.
    try (FaceEmbedder other = edge.load(onnx("mine.onnx", 2))) {
      assertEquals("mine", other.card().id());
      assertEquals(Optional.empty(), other.card().measured());
    }
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> edge.convert(Checkpoint.of(Map.of())));
    assertTrue(e.getMessage().contains("ONNX"), e.getMessage());
  }

  @Test
  void isKnownByItsHash() throws Exception {
    Path file = onnx("renamed.onnx", 1);
    assertEquals(Optional.empty(), ModelFile.read(file).card());
    Files.writeString(folder.resolve("renamed.model.json"), entry(file));
    ModelFile known = ModelFile.read(file);
    assertEquals("edge", known.publication().orElseThrow().id());
    assertEquals(99, known.accuracy().orElseThrow().percent());
    assertEquals("edge", known.card().orElseThrow().id());
    assertEquals(Optional.empty(), known.problem());
    try (FaceEmbedder embedder = OnnxFaceEmbedder.load(file, EmbedderOptions.defaults())) {
      assertEquals(known.card().orElseThrow(), embedder.card());
    }
    // What its user says on a card goes before.
    ModelCard card = ModelCard.builder("ours").embeddingSize(3).crop(CropSpec.margin(8, 0)).build();
    Files.writeString(folder.resolve("renamed.card.json"), CardFile.write(card));
    assertEquals("ours", ModelFile.read(file).card().orElseThrow().id());
  }

  @Test
  void aStoreForCommercialUseTakesAFileOnlyIfItsCardAllowsIt() throws Exception {
    Path file = onnx("ours.onnx", 3);
    ModelStore store = ModelStore.builder().onlyCommercialUse().build();
    EmbedderOptions options = EmbedderOptions.defaults();
    ModelCardBuilder card =
        ModelCard.builder("ours")
            .embeddingSize(3)
            .crop(CropSpec.margin(8, 0))
            .trainedOn("ourselves");
    Path beside = folder.resolve("ours.card.json");
    for (CommercialUse use : CommercialUse.values()) {
      ModelCard stated = card.commercialUse(use).build();
      Files.writeString(beside, CardFile.write(stated));
      if (use == CommercialUse.YES) {
        try (FaceEmbedder embedder = ModelFile.embedder(file, options, store);
            FaceEmbedder same = ModelFile.read(file).embedder(options, store)) {
          assertEquals("ourselves", embedder.card().trainedOn());
          assertEquals(embedder.card(), same.card());
        }
        // The converted file says it itself.
        Path converted = folder.resolve("converted.onnx");
        try (FileChannel out = FileChannel.open(converted, CREATE, WRITE)) {
          ModelFile.read(file).convert(null, false, out);
        }
        try (FaceEmbedder embedder = ModelFile.embedder(converted, options, store)) {
          assertEquals(use, embedder.card().commercialUse());
          assertEquals("ourselves", embedder.card().trainedOn());
        }
      } else {
        String refused =
            assertThrows(ModelStoreException.class, () -> ModelFile.embedder(file, options, store))
                .getMessage();
        assertTrue(refused.contains(file.toString()), refused);
        assertTrue(
            refused.contains(use == CommercialUse.NO ? "forbid" : "\"commercialUse\": \"yes\""),
            refused);
        assertThrows(
            ModelStoreException.class, () -> ModelFile.read(file).embedder(options, store));
      }
    }
    // Of a published file the catalog knows it by the hash.
    Files.delete(beside);
    Files.writeString(folder.resolve("ours.model.json"), entry(file));
    ModelFile.embedder(file, options, store).close();
  }
}
