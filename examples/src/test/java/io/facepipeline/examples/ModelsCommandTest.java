package io.facepipeline.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.embedding.Backbone;
import io.facepipeline.onnx.CardFile;
import io.facepipeline.testkit.SharedData;
import java.nio.file.Files;
import java.nio.file.Path;
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
  void aFileThatIsNoCheckpointLeavesNothing() throws Exception {
    Path text = Files.writeString(folder.resolve("text.pt"), "not a checkpoint");
    CommandRun run = run("import", text);
    assertEquals(2, run.exitCode());
    assertMentions(run.err(), "text.pt");
    assertFalse(Files.exists(folder.resolve("text.onnx")));
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
  void listAndVerifyLookIntoTheFolder() throws Exception {
    Path models = SharedData.path("models/mtcnn");
    CommandRun list = run("models", "list", "--models", models, "--model-cache", folder);
    assertEquals(0, list.exitCode(), list.err());
    assertMentions(
        list.out(), "mtcnn", "yes", "can fetch", "by hand", "ir-152", "99.82", "alexnet-imagenet");

    CommandRun sound = run("models", "verify", "--models", models, "--model-cache", folder);
    assertEquals(0, sound.exitCode(), sound.out());
    assertMentions(sound.out(), "pnet.pt: as published");

    Path own = Files.createDirectory(folder.resolve("own"));
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
}
