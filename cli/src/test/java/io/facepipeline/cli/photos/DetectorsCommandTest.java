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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectorsCommandTest {
  private static final int FAILED_INPUTS = 1;
  private static final int WRONG_USAGE = 2;
  private static final Path GROUP = SharedData.album("groups/group_1.jpg");

  @TempDir Path folder;

  @Test
  void theDefaultDetectorAndTheCascadeAreSetSideBySide() throws IOException {
    Path json = folder.resolve("detectors.json");
    Path broken = Files.writeString(folder.resolve("broken.jpg"), "no picture");
    CommandRun run =
        CommandRun.with(
            new ModelStages(),
            "detectors",
            "--compare",
            "mtcnn-default,haar",
            "--min-face",
            "40",
            "--repeat",
            "1",
            "--annotate",
            folder.resolve("pictures"),
            "--json",
            json,
            GROUP,
            broken);
    assertEquals(FAILED_INPUTS, run.exitCode(), run.err());
    assertTrue(run.err().contains("broken.jpg"), run.err());
    assertTrue(run.out().contains("mtcnn-default"), run.out());
    JsonObject result =
        JsonParser.parseString(Files.readString(json)).getAsJsonArray().get(0).getAsJsonObject();
    for (String detector : new String[] {"mtcnn-default", "haar"}) {
      assertEquals(4, result.getAsJsonObject(detector).getAsJsonArray("faces").size(), detector);
    }
    Image photo = Image.read(GROUP);
    Image picture = Image.read(folder.resolve("pictures").resolve("group_1.png"));
    assertTrue(picture.width() > 2 * photo.width(), picture.toString());
    assertEquals(photo.height(), picture.height());
  }

  @Test
  void theCascadeMayDetectForEveryCommand() {
    CommandRun run =
        CommandRun.with(
            new ModelStages(), "detect", "--detector", "haar", "--min-face", "40", GROUP);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("4 faces"), run.out());
  }

  @Test
  void optionsThatADetectorDoesNotHaveAreRefusedUnlessThereAreSeveral() {
    assertRefused(
        "--score-threshold are for one-stage",
        "--detector",
        "mtcnn-default",
        "--input-size",
        "640");
    assertRefused("choose --detector mtcnn-default", "--factor", "0.5");
    assertRefused("haar takes only --min-face", "--detector", "haar", "--factor", "0.5");
    assertRefused(
        "--thresholds are for MTCNN", "--detector", "yunet", "--thresholds", "0.5,0.5,0.5");

    CommandRun several =
        CommandRun.with(
            new ModelStages(),
            "detectors",
            "--compare",
            "mtcnn-default,haar",
            "--min-face",
            "40",
            "--repeat",
            "1",
            "--input-size",
            "640",
            "--factor",
            "0.8",
            GROUP);
    assertEquals(0, several.exitCode(), several.err());
  }

  private static void assertRefused(String said, Object... options) {
    List<Object> line = new ArrayList<>(List.of("detect"));
    line.addAll(List.of(options));
    line.add(GROUP);
    CommandRun run = CommandRun.with(new ModelStages(), line.toArray());
    assertEquals(WRONG_USAGE, run.exitCode());
    assertTrue(run.err().contains(said), run.err());
  }
}
