package io.facepipeline.cli.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
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
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OutliersCommandTest {
  @TempDir Path root;
  private Path people;
  private Path json;

  /** Four photos of each of three people, and one of Bao among those of Ada. */
  @BeforeEach
  void mix() throws IOException {
    people = root.resolve("meine Leute äöü");
    json = root.resolve("outliers.json");
    for (String person : List.of("ada", "bao", "chidi")) {
      Path folder = Files.createDirectories(people.resolve(person));
      for (int i = 1; i <= 3; i++) {
        photo(person, i, folder.resolve(i + ".jpg"));
      }
    }
    photo("bao", 4, people.resolve("ada/wrong.jpg"));
  }

  private static void photo(String person, int number, Path to) throws IOException {
    Files.copy(SharedData.album("people/" + person + "/" + person + "_" + number + ".jpg"), to);
  }

  private static Map<String, JsonObject> photos(Path json) throws IOException {
    Map<String, JsonObject> photos = new TreeMap<>();
    for (JsonElement photo :
        JsonParser.parseString(Files.readString(json)).getAsJsonObject().getAsJsonArray("photos")) {
      Path file = Path.of(photo.getAsJsonObject().get("image").getAsString());
      photos.put(
          file.getName(file.getNameCount() - 2) + "/" + file.getFileName(),
          photo.getAsJsonObject());
    }
    return photos;
  }

  @Test
  void aPhotoInTheWrongFolderIsSuspectAndStaysWhereItIs() throws IOException {
    Path csv = root.resolve("outliers.csv");
    Path plots = root.resolve("plots");

    CommandRun run =
        CommandRun.of(
            "outliers", "--people", people, "--json", json, "--csv", csv, "--plots", plots);

    assertEquals(0, run.exitCode(), run.err());
    Map<String, JsonObject> photos = photos(json);
    assertEquals(10, photos.size());
    photos.forEach(
        (name, photo) ->
            assertEquals(name.equals("ada/wrong.jpg"), photo.get("suspect").getAsBoolean(), name));
    JsonObject wrong = photos.get("ada/wrong.jpg");
    assertEquals("bao", wrong.get("nearest").getAsString());
    assertTrue(wrong.get("nearestSimilarity").getAsDouble() > 0.9);
    assertTrue(wrong.get("similarity").getAsDouble() < 0.1);
    // Of four unit vectors, the one at right angles to the three others is 0.75 * sqrt(2) away.
    assertEquals(0.75 * Math.sqrt(2), wrong.get("distance").getAsDouble(), 0.01);
    assertTrue(Files.exists(people.resolve("ada/wrong.jpg")), "nothing is moved unasked");
    assertTrue(run.out().contains("10 photos of 3 people: 1 suspect\n"), run.out());
    assertTrue(run.out().contains("wrong.jpg: similarity 0.0"), run.out());
    List<String> rows = Files.readAllLines(csv);
    assertEquals(11, rows.size());
    assertTrue(rows.get(1).contains("wrong.jpg,ada,"), rows.get(1));
    Image sheet = Image.read(plots.resolve("farthest-1.png"));
    assertTrue(sheet.width() > 4 * 96 && sheet.height() > 3 * 96, sheet.toString());
  }

  @Test
  void suspectPhotosAreMovedOnDemandAndOverwriteNothing() throws IOException {
    Path elsewhere = root.resolve("elsewhere");
    Files.createDirectories(elsewhere.resolve("ada"));
    Files.writeString(elsewhere.resolve("ada/wrong.jpg"), "an earlier one");
    long size = Files.size(people.resolve("ada/wrong.jpg"));

    CommandRun run = CommandRun.of("outliers", "--people", people, "--move-to", elsewhere);

    assertEquals(0, run.exitCode(), run.err());
    assertFalse(Files.exists(people.resolve("ada/wrong.jpg")));
    assertEquals("an earlier one", Files.readString(elsewhere.resolve("ada/wrong.jpg")));
    assertEquals(size, Files.size(elsewhere.resolve("ada/wrong-2.jpg")));
    assertTrue(Files.exists(people.resolve("ada/1.jpg")));

    CommandRun again = CommandRun.of("outliers", "--people", people, "--move-to", elsewhere);
    assertTrue(again.out().contains("9 photos of 3 people: 0 suspects"), again.out());

    Path inside = Files.createSymbolicLink(root.resolve("link"), people).resolve("new/moved");
    CommandRun refused = CommandRun.of("outliers", "--people", people, "--move-to", inside);
    assertEquals(2, refused.exitCode());
    assertTrue(refused.err().contains("it would be a person"), refused.err());
  }

  @Test
  void aShareOfTheFarthestIsSuspectAsInFacenet() throws IOException {
    CommandRun run =
        CommandRun.of("outliers", "--people", people, "--percentile", "85", "--json", json);

    assertEquals(0, run.exitCode(), run.err());
    // Of 10 distances, two are above the 8.65th.
    List<String> suspects = new ArrayList<>();
    photos(json)
        .forEach(
            (name, photo) -> {
              if (photo.get("suspect").getAsBoolean()) {
                suspects.add(name);
              }
            });
    assertEquals(2, suspects.size(), suspects.toString());
    assertTrue(suspects.contains("ada/wrong.jpg"), suspects.toString());

    assertEquals(2, run("--percentile", "101").exitCode());
    assertEquals(2, run("--percentile", "95", "--threshold", "0.3").exitCode());
    assertEquals(2, run("--top", "0").exitCode());
  }

  private CommandRun run(String... options) {
    List<Object> args = new ArrayList<>(List.of("outliers", "--people", people));
    args.addAll(List.of(options));
    return CommandRun.of(args.toArray());
  }

  @Test
  void photosThatCannotBeUsedAreListedAndAPersonWithOnePhotoIsNotSuspect() throws IOException {
    Files.createDirectories(people.resolve("dalia"));
    photo("dalia", 1, people.resolve("dalia/only.jpg"));
    Files.copy(SharedData.album("groups/nobody.jpg"), people.resolve("chidi/nobody.jpg"));
    Files.writeString(people.resolve("bao/broken.jpg"), "no photo");
    Path csv = root.resolve("outliers.csv");

    CommandRun run = CommandRun.of("outliers", "--people", people, "--csv", csv, "--json", json);

    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("nobody.jpg: no face was found"), run.err());
    assertTrue(run.err().contains("broken.jpg"), run.err());
    assertTrue(
        run.out().contains("11 photos of 4 people, and 2 without a usable face: 1 suspect"),
        run.out());
    assertTrue(run.out().contains("1 person with a single photo"), run.out());
    assertFalse(run.out().contains("only.jpg"), run.out());
    Map<String, JsonObject> photos = photos(json);
    assertEquals(0, photos.get("dalia/only.jpg").get("distance").getAsDouble(), 1e-6);
    assertTrue(photos.get("dalia/only.jpg").get("similarity").isJsonNull());
    assertFalse(photos.get("dalia/only.jpg").get("suspect").getAsBoolean());
    assertEquals("no face was found", photos.get("chidi/nobody.jpg").get("error").getAsString());
    assertEquals(14, Files.readAllLines(csv).size());
  }

  /** The photo whose largest face near the center is that of another person. */
  @Test
  void theOddFaceOfAPublicSetIsTheFarthest() throws IOException {
    Path set = SharedData.path("data/celeb5/train");

    CommandRun run =
        CommandRun.with(new ModelStages(), "outliers", "--people", set, "--json", json);

    assertEquals(0, run.exitCode(), run.err());
    JsonObject farthest =
        JsonParser.parseString(Files.readString(json))
            .getAsJsonObject()
            .getAsJsonArray("photos")
            .get(0)
            .getAsJsonObject();
    assertTrue(farthest.get("image").getAsString().contains("julialouisdreyfus"), run.out());
    assertEquals("jerry_seinfeld", farthest.get("person").getAsString());
    assertTrue(farthest.get("similarity").getAsDouble() < 0.1, farthest.toString());
    assertTrue(farthest.get("suspect").getAsBoolean());
  }
}
