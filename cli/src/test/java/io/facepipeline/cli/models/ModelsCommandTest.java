package io.facepipeline.cli.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.cli.CommandRun;
import io.facepipeline.cli.stages.ModelStages;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.internal.CardFile;
import io.facepipeline.testkit.FormulaNetworks;
import io.facepipeline.testkit.FormulaTensor;
import io.facepipeline.testkit.SharedData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Importing, listing, inspecting, verifying and fetching models. */
class ModelsCommandTest {
  @TempDir Path folder;

  private static CommandRun run(Object... args) {
    return CommandRun.with(new ModelStages(), args);
  }

  private static void assertMentions(String text, String... parts) {
    for (String part : parts) {
      assertTrue(text.contains(part), part + " is missing in: " + text);
    }
  }

  @Test
  void importWritesAModelThatDescribesItselfAndItsCard() throws Exception {
    Path checkpoint = SharedData.path("models/mobilefacenet/mobilefacenet_foamliu.pt");
    Path onnx = folder.resolve("model.onnx");
    CommandRun first = run("import", checkpoint, "--out", onnx);
    assertEquals(0, first.exitCode(), first.err());
    assertMentions(first.out(), "mobilefacenet-foamliu@90a00ba1d8b0", onnx.toString());
    assertMentions(first.err(), "reading", "converting", "checking");
    assertEquals(
        Backbone.MOBILEFACENET_FOAMLIU.id(), CardFile.read(folder.resolve("model.card.json")).id());

    CommandRun again = run("import", checkpoint, "--out", onnx);
    assertEquals(2, again.exitCode());
    assertMentions(again.err(), onnx.toString(), "--force");
    assertEquals(0, run("import", checkpoint, "--out", onnx, "--force", "--plain").exitCode());

    CommandRun inspected = run("models", "inspect", onnx);
    assertEquals(0, inspected.exitCode(), inspected.err());
    assertMentions(
        inspected.out(),
        "mobilefacenet-foamliu@90a00ba1d8b0",
        "embedding:    128",
        "112x112",
        "Apache-2.0",
        "0.482",
        Files.size(onnx) + " bytes");
    try (var left = Files.list(folder)) {
      assertEquals(2, left.count());
    }
  }

  @Test
  void importWritesInt8CalibratedOnPhotos() throws Exception {
    Path checkpoint = SharedData.path("models/mobilefacenet/mobilefacenet_foamliu.pt");
    Path onnx = folder.resolve("small.onnx");
    Path photos = SharedData.path("album/people/ada");
    CommandRun run =
        run("import", checkpoint, "--out", onnx, "--precision", "int8", "--calibration", photos);
    assertEquals(0, run.exitCode(), run.err());
    assertMentions(run.out(), "mobilefacenet-foamliu-int8@90a00ba1d8b0");
    assertMentions(run.err(), "calibrating on 4 faces", "times float32's time");
    assertTrue(Files.size(onnx) < Files.size(checkpoint) / 3, "a byte for four");
    CommandRun inspected = run("models", "inspect", onnx);
    assertMentions(
        inspected.out(), "mobilefacenet-foamliu-int8@", "int8, its ranges measured on 4 faces");

    CommandRun floats = run("import", checkpoint, "--out", onnx, "--calibration", photos);
    assertEquals(2, floats.exitCode());
    assertMentions(floats.err(), "--precision int8");
    CommandRun plain = run("import", checkpoint, "--plain", "--precision", "int8");
    assertEquals(2, plain.exitCode());
    assertMentions(plain.err(), "--plain is for GPUs");
  }

  @Test
  void aFileThatIsNoCheckpointLeavesNothing() throws Exception {
    Path text = Files.writeString(folder.resolve("text.pt"), "not a checkpoint");
    CommandRun run = run("import", text);
    assertEquals(2, run.exitCode());
    assertMentions(run.err(), "text.pt");
    assertFalse(Files.exists(folder.resolve("text.onnx")));
  }

  @Test
  void inspectTellsWhichDetectorAFileIs() {
    CommandRun run =
        run("models", "inspect", SharedData.path("models/others/yunet_n_dynamic.onnx"));
    assertEquals(0, run.exitCode(), run.err());
    assertMentions(run.out(), "bbox_16", "Apache-2.0", "the detector yunet", "--detector");
  }

  @Test
  void inspectTellsWhatACheckpointIs() {
    CommandRun run =
        run("models", "inspect", SharedData.path("models/mobilefacenet/mobilefacenet_foamliu.pt"));
    assertEquals(0, run.exitCode(), run.err());
    assertMentions(
        run.out(), "mobilefacenet-foamliu", "pytorch-legacy", "4135271", "90a00ba1", "99.48");
  }

  @Test
  void theCacheIsShownAndCleaned() throws Exception {
    Path natives = Files.createDirectories(folder.resolve("natives/onnxruntime-old"));
    Files.write(natives.resolve("lib.so"), new byte[2_000_000]);
    CommandRun shown = run("models", "cache", "--model-cache", folder);
    assertEquals(0, shown.exitCode(), shown.err());
    assertMentions(shown.out(), "native", natives.toString(), "together 2.0 MB");
    CommandRun cleaned = run("models", "cache", "--clean", "--model-cache", folder);
    assertEquals(0, cleaned.exitCode(), cleaned.err());
    assertMentions(cleaned.out(), "removed 2.0 MB");
    assertFalse(Files.exists(natives));
    assertMentions(run("models", "cache", "--model-cache", folder).out(), "together 0.0 MB");
  }

  @Test
  void listAndVerifyLookIntoTheFolder() throws Exception {
    Path models = SharedData.path("models/mtcnn");
    CommandRun list = run("models", "list", "--models", models, "--model-cache", folder);
    assertEquals(0, list.exitCode(), list.err());
    assertMentions(
        list.out(),
        "mtcnn-default",
        "compact-default",
        "inside",
        "mtcnn",
        "yes",
        "can fetch",
        "by hand",
        "ir-152",
        "99.82",
        "alexnet-imagenet");

    CommandRun sound = run("models", "verify", "--models", models, "--model-cache", folder);
    assertEquals(0, sound.exitCode(), sound.out());
    assertMentions(sound.out(), "pnet.pt: as published");

    List<String> rows = list.out().lines().toList();
    for (String name : List.of("here", "license", "commercial", "accuracy")) {
      int column = rows.get(0).indexOf(name);
      assertTrue(column > 0, rows.get(0));
      rows.forEach(row -> assertTrue(row.startsWith(" ", column - 1), name + ": " + row));
      rows.forEach(row -> assertFalse(row.startsWith(" ", column), name + ": " + row));
    }

    CommandRun free = run("models", "list", "--commercial", "--models", models);
    assertEquals(0, free.exitCode(), free.err());
    assertMentions(free.out(), "mobilefacenet-foamliu", "mtcnn", "yes");
    List<String> others = List.of("facenet-vggface2", "ir-50", "compact-default", "unstated");
    others.forEach(other -> assertFalse(free.out().contains(other), free.out()));

    Path own = Files.createDirectory(folder.resolve("own"));
    CommandRun none = run("models", "verify", "--models", own, "--model-cache", folder);
    assertMentions(none.out(), "no published model", "--models");
    Files.write(own.resolve("pnet.pt"), new byte[] {1});
    CommandRun changed = run("models", "verify", "--models", own, "--model-cache", folder);
    assertEquals(1, changed.exitCode());
    assertMentions(changed.out(), "pnet.pt: NOT AS PUBLISHED");
  }

  @Test
  void fetchFindsWhatIsHereAndSaysWhatMustBeFetchedByHand() {
    Path models = SharedData.path("models/mtcnn");
    CommandRun here = run("models", "fetch", "mtcnn", "--models", models, "--model-cache", folder);
    assertEquals(0, here.exitCode(), here.err());
    assertMentions(here.out(), "pnet.pt", "rnet.pt", "onet.pt");

    CommandRun byHand = run("models", "fetch", "ir-50", "--offline", "--model-cache", folder);
    assertEquals(2, byHand.exitCode());
    assertMentions(byHand.err(), "backbone_ir50_ms1m_epoch120.pth", "face.evoLVe");

    CommandRun unknown = run("models", "fetch", "nothing", "--model-cache", folder);
    assertEquals(2, unknown.exitCode());
    assertMentions(unknown.err(), "nothing", "facenet-vggface2");
    assertEquals(2, run("models").exitCode());
  }

  private Path untrained() throws Exception {
    return checkpoint(FormulaNetworks.inceptionResnetV1())
        .write(folder.resolve("20180402-114759-vggface2.pt"));
  }

  private static Checkpoint checkpoint(Map<String, FormulaTensor> network) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    network.forEach((name, t) -> tensors.put(name, Tensor.of(t.shape(), t.values())));
    return Checkpoint.of(tensors);
  }

  @Test
  void anUntrainedNetworkIsItsArchitectureAndNothingElse() throws Exception {
    Path file = untrained();
    CommandRun inspected = run("models", "inspect", file);
    assertEquals(0, inspected.exitCode(), inspected.err());
    assertMentions(
        inspected.out(),
        "architecture: InceptionResnetV1",
        "publication:  not in the catalog",
        "--threshold",
        "evaluate verify");
    for (String fact : List.of("facenet-vggface2", "thresholds:", "99.65", "MIT", "github.com")) {
      assertFalse(inspected.out().contains(fact), fact + " is in: " + inspected.out());
    }
    // Before any photo is looked for.
    CommandRun verified =
        run(
            "verify",
            "a.jpg",
            "b.jpg",
            "--embedder",
            file,
            "--model-cache",
            folder.resolve("cache"));
    assertEquals(2, verified.exitCode(), verified.out());
    assertMentions(verified.err(), "--threshold", "evaluate verify --people", file.toString());
    assertEquals("", verified.out());
  }

  private Path onnx() throws Exception {
    GraphBuilder graph = new GraphBuilder("theirs");
    Value pooled = graph.globalAveragePool(graph.input("x", -1, 3, 8, 8));
    graph.output(graph.flatten(pooled), "y", -1, 3);
    return Files.write(folder.resolve("theirs.model"), OnnxFile.write(graph.build()));
  }

  @Test
  void importPutsACardIntoAnOnnxFile() throws Exception {
    Path source = onnx();
    Path card =
        Files.writeString(
            folder.resolve("facts.json"),
            "{\"id\": \"theirs\", \"embeddingSize\": 3, \"license\": \"MIT\","
                + " \"crop\": {\"width\": 8, \"height\": 8, \"rule\": \"margin 0\"}}");
    CommandRun noCard = run("import", source, "--out", folder.resolve("one.onnx"));
    assertEquals(2, noCard.exitCode());
    assertMentions(noCard.err(), "ONNX", "--card", "embeddingSize");
    CommandRun before = run("models", "inspect", source);
    assertMentions(before.out(), "card:         none", "import " + source + " --card");

    CommandRun noOut = run("import", source, "--card", card);
    assertEquals(2, noOut.exitCode());
    assertMentions(noOut.err(), "--out");
    CommandRun same = run("import", source, "--card", card, "--out", source, "--force");
    assertEquals(2, same.exitCode());
    assertMentions(same.err(), source.toString());

    Path one = folder.resolve("one.onnx");
    CommandRun imported = run("import", source, "--card", card, "--out", one);
    assertEquals(0, imported.exitCode(), imported.err());
    Files.delete(folder.resolve("one.card.json"));
    CommandRun after = run("models", "inspect", one);
    assertMentions(after.out(), "inside the file", "theirs@", "license:      MIT", "--threshold");
  }

  @Test
  void importRefusesWhatIsOfNoUseAndLeavesNothing() throws Exception {
    Map<String, FormulaTensor> zeros = new LinkedHashMap<>();
    FormulaNetworks.mobileFaceNet()
        .forEach(
            (name, t) ->
                zeros.put(name, new FormulaTensor(t.shape(), new float[t.values().length])));
    Path file = checkpoint(zeros).write(folder.resolve("zeros.pth"));
    CommandRun run = run("import", file);
    assertEquals(2, run.exitCode());
    assertMentions(run.err(), "zeros.pth", "weights");
    assertTrue(run("models", "inspect", file).out().contains("refused: "));
    try (var left = Files.list(folder)) {
      assertEquals(List.of(file), left.toList());
    }
  }

  @Test
  void inspectKnowsTheDetectorsNetworks() {
    CommandRun run = run("models", "inspect", SharedData.path("models/mtcnn/rnet.npy"));
    assertEquals(0, run.exitCode(), run.err());
    assertMentions(run.out(), "MTCNN: R-Net", "publication:  mtcnn");
  }
}
