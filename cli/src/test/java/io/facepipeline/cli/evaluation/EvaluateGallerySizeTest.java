package io.facepipeline.cli.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.Image;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EvaluateGallerySizeTest {
  private static final Path PEOPLE = SharedData.album("people");

  @TempDir Path folder;

  /** Six of eight people are asked for; the others' photos, and the groups', are not of them. */
  @Test
  void theGalleryGrows() throws IOException {
    Path groups = SharedData.album("groups");
    CommandRun run =
        CommandRun.of(
            "evaluate",
            "gallery-size",
            "--people",
            PEOPLE,
            "--distractors",
            groups,
            "--sizes",
            "6,8",
            "--far",
            "0.5,0.1",
            "--json",
            folder.resolve("out.json"),
            "--csv",
            folder.resolve("out.csv"),
            "--markdown",
            folder.resolve("out.md"),
            "--plots",
            folder.resolve("plots"));
    assertEquals(0, run.exitCode(), run.err());
    JsonObject json =
        JsonParser.parseString(Files.readString(folder.resolve("out.json"))).getAsJsonObject();
    assertEquals(6, json.get("enrolled").getAsInt());
    JsonArray sizes = json.getAsJsonArray("sizes");
    assertEquals(2, sizes.size());
    JsonObject small = sizes.get(0).getAsJsonObject();
    assertEquals(6, small.get("people").getAsInt());
    assertEquals(0, small.get("made").getAsInt());
    assertEquals(1, small.get("rank1").getAsDouble());
    JsonObject open = small.getAsJsonArray("openSet").get(0).getAsJsonObject();
    JsonObject measured = open.getAsJsonObject("measured");
    assertEquals(18, measured.get("probes").getAsInt());
    assertEquals(8, measured.get("strangers").getAsInt());
    assertTrue(measured.get("strangersNamed").getAsInt() <= 4);
    assertTrue(json.get("madeAgainstReal").isJsonNull());
    assertEquals(1 + 4, Files.readAllLines(folder.resolve("out.csv")).size());
    assertTrue(Files.readString(folder.resolve("out.md")).startsWith("| people | made |"));
    assertTrue(Image.read(folder.resolve("plots").resolve("gallery-size.png")).width() > 300);
  }

  /** By whatever path a photo is given, it is nobody else's. */
  @Test
  void aPhotoThatIsAskedForIsNoDistractor() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("linked"), PEOPLE.toAbsolutePath());
    CommandRun run =
        CommandRun.of(
            "evaluate",
            "gallery-size",
            "--people",
            PEOPLE,
            "--distractors",
            SharedData.album("groups"),
            "--distractors",
            link,
            "--distractors",
            PEOPLE.resolve("..").resolve("groups"),
            "--sizes",
            "6",
            "--json",
            folder.resolve("out.json"));
    assertEquals(0, run.exitCode(), run.err());
    JsonObject json =
        JsonParser.parseString(Files.readString(folder.resolve("out.json"))).getAsJsonObject();
    assertEquals(
        6,
        json.get("distractors").getAsInt() + json.get("distractorsWithoutFace").getAsInt(),
        "the six photos of the groups, each once");
  }

  @ParameterizedTest
  @CsvSource({
    "--sizes 3, --sizes 3 is less than the 6 people",
    "--far 0, '--far must be above 0 and below 1, got 0.0'",
    "--far 0.01x, '0.01x'",
    "--strangers 0, everybody is enrolled",
    "--train PEOPLE, give either --train and --test",
    "--sizes 1000, 'distractors, too few to make others from, and 994 are wanted'"
  })
  void whatCannotBeIsWrongUsage(String option, String message) {
    String[] given = option.replace("PEOPLE", PEOPLE.toString()).split(" ", -1);
    CommandRun run =
        CommandRun.of(
            "evaluate",
            "gallery-size",
            "--people",
            PEOPLE,
            "--distractors",
            SharedData.album("groups"),
            given[0],
            given[1]);
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains(message), run.err());
  }
}
