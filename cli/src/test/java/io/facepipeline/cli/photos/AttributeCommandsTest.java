package io.facepipeline.cli.photos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.Image;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.cli.stages.ModelStages;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttributeCommandsTest {
  private static final int WRONG_USAGE = 2;
  private static final Path GROUP = SharedData.album("groups/group_1.jpg");

  @TempDir Path folder;

  @Test
  void analyzeNamesPeopleAndTellsTheirExpression() throws IOException {
    Path json = folder.resolve("faces.json");
    CommandRun run =
        CommandRun.with(
            new ModelStages(),
            "analyze",
            "--models",
            SharedData.path("models"),
            "--people",
            SharedData.album("people"),
            "--json",
            json,
            "--annotate",
            folder.resolve("pictures"),
            GROUP);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("ada"), run.out());
    JsonObject face =
        JsonParser.parseString(Files.readString(json))
            .getAsJsonArray()
            .get(0)
            .getAsJsonObject()
            .getAsJsonArray("faces")
            .get(0)
            .getAsJsonObject();
    JsonObject attributes = face.getAsJsonObject("attributes");
    assertEquals(7, attributes.getAsJsonObject("expression").size());
    assertEquals(2, attributes.getAsJsonObject("liveness").size());
    double quality = face.get("quality").getAsDouble();
    assertTrue(quality > 0 && quality < 1, face.toString());
    Image picture = Image.read(folder.resolve("pictures").resolve("group_1.png"));
    assertEquals(Image.read(GROUP).width(), picture.width());
  }

  @Test
  void analyzeWorksWithoutAnyAttributeModelAndSaysSo() {
    CommandRun run =
        CommandRun.with(new ModelStages(), "analyze", "--models", folder, "--offline", GROUP);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.err().contains("no attribute model was found"), run.err());
    assertTrue(run.out().contains("quality"), run.out());
  }

  @Test
  void expressionsAreJudgedByFolderAndDrawn() throws IOException {
    Path happy = SharedData.path("data/expression").resolve("happy.jpg");
    Path smiles = Files.createDirectories(folder.resolve("happiness"));
    Files.copy(happy, smiles.resolve("1.jpg"));
    CommandRun run =
        CommandRun.with(
            new ModelStages(),
            "expression",
            "--models",
            SharedData.path("models"),
            "--truth",
            "--plots",
            folder.resolve("plots"),
            folder.resolve("happiness"));
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("1 of 1 correct, accuracy 100.00 %"), run.out());
    assertTrue(Image.read(folder.resolve("plots").resolve("confusion.png")).width() > 300);
  }

  @Test
  void imagesAreClassified() throws IOException {
    Path json = folder.resolve("classes.json");
    CommandRun run =
        CommandRun.of(
            "classify-image",
            "--models",
            SharedData.path("models"),
            "--top",
            "2",
            "--json",
            json,
            SharedData.path("data/photos/kate_siegel.jpg"));
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("lab coat"), run.out());
    assertTrue(Files.readString(json).contains("lab coat"));
  }

  @Test
  void whatIsUnknownIsWrongUsage() {
    for (String[] line :
        new String[][] {
          {"analyze", "--attribute", "mood", "a.jpg"},
          {"expression", "--model", "liveness", "a.jpg"},
          {"expression", "--plots", "x", "a.jpg"},
          {"classify-image", "--model", "eye", "a.jpg"}
        }) {
      CommandRun run = CommandRun.of((Object[]) line);
      assertEquals(WRONG_USAGE, run.exitCode(), String.join(" ", line));
      assertTrue(!run.err().isBlank());
    }
  }
}
