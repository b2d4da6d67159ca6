package io.facepipeline.cli.people;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that refuse what is not live, with a model to which every face is 88 % live. */
class LiveCommandsTest {
  private static final int WRONG_USAGE = 2;
  private static final Path ADA = SharedData.album("people/ada/ada_1.jpg");
  private static final Path OTHER_ADA = SharedData.album("people/ada/ada_2.jpg");
  private static final Path GROUP = SharedData.album("groups/group_1.jpg");

  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void model() throws IOException {
    GraphBuilder graph = new GraphBuilder("made");
    Value x = graph.input("x", 1, 3, 8, 8);
    Value logits =
        graph.dense(
            graph.flatten(graph.globalAveragePool(x)),
            new Weights(new int[] {2, 3}, new float[6]),
            new Weights(new int[] {2}, new float[] {0, 2}));
    graph.output(logits, "y", 1, 2);
    model = Files.write(folder.resolve("live.onnx"), OnnxFile.write(graph.build()));
    Files.writeString(
        folder.resolve("live.model.json"),
        """
        {"id": "made-live", "kind": "face-attribute", "attribute": "liveness",
         "architecture": "Made", "format": "onnx", "files": [{"name": "live.onnx"}],
         "origin": "here", "license": {"name": "N", "url": "https://n.example", "commercialUse": "no"},
         "crop": {"width": 8, "height": 8, "rule": "scaled-box 1 square"},
         "colorOrder": "RGB", "mean": [0], "deviation": [255], "classes": ["attack", "live"]}
        """);
  }

  private JsonElement json() throws IOException {
    return JsonParser.parseString(Files.readString(folder.resolve("out.json")));
  }

  private CommandRun run(String command, String least, Object... arguments) {
    Object[] all = new Object[arguments.length + 7];
    all[0] = command;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    Object[] last = {
      "--require-live", model, "--live-threshold", least, "--json", folder.resolve("out.json")
    };
    System.arraycopy(last, 0, all, arguments.length + 1, last.length);
    return CommandRun.of(all);
  }

  @Test
  void verifyTellsHowLiveTheFacesAre() throws IOException {
    CommandRun live = run("verify", "0.88", ADA, OTHER_ADA);
    assertEquals(0, live.exitCode(), live.err());
    JsonObject verdict = json().getAsJsonObject();
    assertTrue(verdict.get("same").getAsBoolean());
    assertEquals(0.8808, verdict.get("firstLiveness").getAsDouble(), 1e-4);
    assertEquals(0.8808, verdict.get("secondLiveness").getAsDouble(), 1e-4);
  }

  @Test
  void verifyRefusesASpoof() throws IOException {
    CommandRun spoof = run("verify", "0.9", ADA, OTHER_ADA);
    assertEquals(1, spoof.exitCode(), spoof.out());
    assertTrue(spoof.err().contains("taken for a picture of a face"), spoof.err());
    JsonObject refusal = json().getAsJsonObject();
    assertTrue(refusal.get("spoof").getAsBoolean());
    assertTrue(refusal.get("same").isJsonNull());
    assertEquals(0.8808, refusal.get("liveness").getAsDouble(), 1e-4);
  }

  private JsonObject firstFace() throws IOException {
    return json()
        .getAsJsonArray()
        .get(0)
        .getAsJsonObject()
        .getAsJsonArray("faces")
        .get(0)
        .getAsJsonObject();
  }

  @Test
  void identifyNamesTheLiveAndMarksTheOthers() throws IOException {
    Object[] people = {"--people", SharedData.album("people"), GROUP};
    CommandRun live = run("identify", "0.88", people);
    assertEquals(0, live.exitCode(), live.err());
    assertFalse(firstFace().get("label").isJsonNull());
    assertFalse(firstFace().get("spoof").getAsBoolean());
    assertEquals(0.8808, firstFace().get("liveness").getAsDouble(), 1e-4);

    Path gallery = folder.resolve("gallery");
    assertEquals(
        0, CommandRun.of("gallery", "add", "--gallery", gallery, "--label", "ada", ADA).exitCode());
    Path csv = folder.resolve("out.csv");
    CommandRun spoof = run("identify", "0.9", "--gallery", gallery, "--csv", csv, GROUP);
    assertEquals(0, spoof.exitCode(), spoof.err());
    assertTrue(spoof.out().contains("spoof (live 0.88)"), spoof.out());
    assertTrue(spoof.out().contains("refused as no live face"), spoof.out());
    assertTrue(firstFace().get("label").isJsonNull());
    assertTrue(firstFace().get("spoof").getAsBoolean());
    assertTrue(Files.readString(csv).contains("refused as no live face"));
  }

  @Test
  void nobodyIsEnrolledFromAPicture() throws IOException {
    Path gallery = folder.resolve("gallery");
    CommandRun spoof =
        CommandRun.of(
            "gallery",
            "add",
            "--gallery",
            gallery,
            "--label",
            "ada",
            "--require-live",
            model,
            "--live-threshold",
            "0.9",
            ADA);
    assertEquals(1, spoof.exitCode(), spoof.out());
    assertTrue(spoof.err().contains("not enrolled: the face at"), spoof.err());
    assertTrue(
        CommandRun.of("gallery", "list", "--gallery", gallery)
            .out()
            .lines()
            .noneMatch("ada"::equals));
    CommandRun identify = run("identify", "0.9", "--people", SharedData.album("people"), GROUP);
    assertEquals(1, identify.exitCode(), "nobody could be enrolled");
  }

  @Test
  void analyzeTellsTheModelsScores() throws IOException {
    CommandRun run = run("analyze", "0.5", "--attribute", model, GROUP);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("liveness live 0.88"), run.out());
    assertEquals(
        0.8808,
        firstFace()
            .getAsJsonObject("attributes")
            .getAsJsonObject("liveness")
            .get("live")
            .getAsDouble(),
        1e-4);
  }

  @Test
  void theCardBesideAFileIsShown() {
    CommandRun run = CommandRun.of("models", "inspect", model);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("attack, live"), run.out());
    assertTrue(run.out().contains("8x8 by scaled-box 1.0 square"), run.out());
    assertTrue(run.out().contains("analyze --attribute"), run.out());
  }

  @Test
  void whatCannotBeIsWrongUsage() {
    for (Object[] line :
        new Object[][] {
          {"verify", "--live-threshold", "0.5", ADA, ADA},
          {"verify", "--require-live", model, "--live-threshold", "0", ADA, ADA},
          {"verify", "--require-live", "no-such-model", ADA, ADA},
          {"verify", "--require-live", "expression-face-api", "--offline", ADA, ADA},
          {"verify", "--require-live", model, "--commercial-only", ADA, ADA},
          {"detect", "--require-live", model, ADA}
        }) {
      CommandRun run = CommandRun.of(line);
      assertTrue(run.exitCode() != 0 && !run.err().isBlank(), run.out());
      if (line.length == 6 && line[2] == model) {
        assertTrue(run.err().contains("commercial use"), run.err());
      } else if (!String.valueOf(line[2]).equals("expression-face-api")) {
        assertEquals(WRONG_USAGE, run.exitCode(), run.err());
      }
    }
  }
}
