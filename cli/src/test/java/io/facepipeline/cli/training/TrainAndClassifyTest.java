package io.facepipeline.cli.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.cli.people.AlbumIdentifyTest;
import io.facepipeline.cli.stages.ModelStages;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TrainAndClassifyTest {
  private static final int WRONG_USAGE = 2;
  private static final int FAILED_INPUTS = 1;
  private static final Path PEOPLE = SharedData.album("people");
  private static final Path GROUPS = SharedData.album("groups");

  @TempDir Path folder;

  @Test
  void trainPrintsAReportAndWritesAClassifierThatClassifyReads() throws IOException {
    Path file = folder.resolve("team.classifier");
    Path json = folder.resolve("report.json");

    CommandRun train =
        CommandRun.of(
            "train", "--people", PEOPLE, "--classifier", "centroid", "--out", file, "--json", json);

    assertEquals(0, train.exitCode(), train.err());
    assertTrue(train.out().contains("centroid of 8 people"), train.out());
    assertTrue(train.out().contains("32 of 32 photos correct, accuracy 1.0000"), train.out());
    JsonObject report = JsonParser.parseString(Files.readString(json)).getAsJsonObject();
    assertEquals("centroid", report.get("classifier").getAsString());
    assertEquals(1, report.get("accuracy").getAsDouble());
    assertEquals(32, report.get("strangersTested").getAsInt());
    assertEquals(8, report.getAsJsonArray("people").size());
    assertEquals(4, report.getAsJsonArray("confusion").get(2).getAsJsonArray().get(2).getAsInt());

    Path named = folder.resolve("named.json");
    CommandRun classify = CommandRun.of("classify", "--classifier", file, "--json", named, GROUPS);

    assertEquals(0, classify.exitCode(), classify.err());
    AlbumIdentifyTest.assertNamedRight(named);
  }

  @ParameterizedTest
  @ValueSource(strings = {"svm", "svm-rbf", "knn", "centroid", "logistic"})
  void publishedModelsNameTheAlbumsPeopleAndRejectItsStrangers(String kind) throws IOException {
    Path models = SharedData.path("models");
    Path file = folder.resolve(kind);
    Path json = folder.resolve("named.json");

    CommandRun train =
        CommandRun.with(
            new ModelStages(),
            "train",
            "--models",
            models,
            "--detector",
            "mtcnn",
            "--embedder",
            "mobilefacenet-foamliu",
            "--people",
            PEOPLE,
            "--classifier",
            kind,
            "--out",
            file);
    assertEquals(0, train.exitCode(), train.err());
    CommandRun classify =
        CommandRun.with(
            new ModelStages(),
            "classify",
            "--models",
            models,
            "--detector",
            "mtcnn",
            "--embedder",
            "mobilefacenet-foamliu",
            "--classifier",
            file,
            "--json",
            json,
            GROUPS);

    assertEquals(0, classify.exitCode(), classify.err());
    AlbumIdentifyTest.assertNamedRight(json);
  }

  /** The tutorial's own figure; as there, everyone is one of the five. */
  @Test
  void faceNetAndALinearSvmNameAllOfTheFiveCelebritiesRight() throws IOException {
    SharedData.path("models/facenet");
    assertEquals(25, celebritiesNamedRight("facenet-vggface2", "--closed-set"));
    int open = celebritiesNamedRight("facenet-vggface2", "--far=0.02");
    System.out.println("five celebrities, FaceNet, strangers rejected at 2 %: " + open + " of 25");
    assertTrue(open >= 23, open + " of 25");
  }

  /** Reported as it is: the least that is asked is far below what it did when this was written. */
  @Test
  void mobileFaceNetNamesTheFiveCelebritiesTooAndIsReportedAsItIs() throws IOException {
    int closed = celebritiesNamedRight("mobilefacenet-foamliu", "--closed-set");
    int open = celebritiesNamedRight("mobilefacenet-foamliu", "--far=0.02");
    System.out.println(
        "five celebrities, MobileFaceNet: "
            + closed
            + " of 25; strangers rejected at 2 %: "
            + open
            + " of 25");
    assertTrue(closed >= 23 && open >= 21, closed + " and " + open + " of 25");
  }

  private int celebritiesNamedRight(String embedder, String option) throws IOException {
    Path photos = SharedData.path("data/celeb5");
    Path models = SharedData.path("models");
    Path file = folder.resolve("celebrities");
    Path json = folder.resolve("celebrities.json");
    CommandRun train =
        CommandRun.with(
            new ModelStages(),
            "train",
            "--models",
            models,
            "--detector",
            "mtcnn",
            "--embedder",
            embedder,
            "--people",
            photos.resolve("train"),
            "--cache",
            folder.resolve("cache"),
            "--out",
            file,
            option);
    // Seven photos show two people, are left out, and are listed.
    assertEquals(FAILED_INPUTS, train.exitCode(), train.err());
    assertEquals(7, train.err().lines().filter(l -> l.contains("2 faces were found")).count());
    CommandRun classify =
        CommandRun.with(
            new ModelStages(),
            "classify",
            "--models",
            models,
            "--detector",
            "mtcnn",
            "--embedder",
            embedder,
            "--classifier",
            file,
            "--json",
            json,
            photos.resolve("val"));
    assertEquals(0, classify.exitCode(), classify.err());
    JsonArray results = JsonParser.parseString(Files.readString(json)).getAsJsonArray();
    assertEquals(25, results.size());
    int right = 0;
    for (JsonElement element : results) {
      JsonObject photo = element.getAsJsonObject();
      String person =
          Path.of(photo.get("image").getAsString()).getParent().getFileName().toString();
      // The largest face of the photo, which is the first.
      JsonElement label = photo.getAsJsonArray("faces").get(0).getAsJsonObject().get("label");
      right += !label.isJsonNull() && label.getAsString().equals(person) ? 1 : 0;
    }
    return right;
  }

  @Test
  void photosThatCannotBeUsedAreNamedAndTheExitCodeSaysSo() throws IOException {
    Path people = folder.resolve("people");
    for (String person : new String[] {"ada", "bao", "chidi"}) {
      Path own = Files.createDirectories(people.resolve(person));
      for (int i = 1; i <= 3; i++) {
        String photo = person + "_" + i + ".jpg";
        Files.copy(PEOPLE.resolve(person).resolve(photo), own.resolve(photo));
      }
    }
    Path nobody = Files.copy(GROUPS.resolve("nobody.jpg"), people.resolve("ada/nobody.jpg"));
    Path file = folder.resolve("c");

    CommandRun run =
        CommandRun.of("train", "--people", people, "--classifier", "knn", "--out", file);

    assertEquals(FAILED_INPUTS, run.exitCode());
    assertTrue(run.err().contains(nobody + ": not used"), run.err());
    assertTrue(Files.exists(file));

    CommandRun strict =
        CommandRun.of(
            "train",
            "--people",
            people,
            "--photos",
            "fail",
            "--classifier",
            "knn",
            "--out",
            folder.resolve("strict"));
    assertEquals(WRONG_USAGE, strict.exitCode());
    assertTrue(strict.err().contains("nobody.jpg"), strict.err());
    assertFalse(Files.exists(folder.resolve("strict")));
  }

  @Test
  void whatCannotBeTrainedOrReadIsExplained() throws IOException {
    CommandRun kind =
        CommandRun.of("train", "--people", PEOPLE, "--classifier", "tree", "--out", "c");
    assertEquals(WRONG_USAGE, kind.exitCode());
    assertTrue(kind.err().contains("tree") && kind.err().contains("logistic"), kind.err());

    CommandRun rate =
        CommandRun.of("train", "--people", PEOPLE, "--far", "1e-5", "--out", folder.resolve("c"));
    assertEquals(WRONG_USAGE, rate.exitCode());
    assertTrue(rate.err().contains("99999 faces"), rate.err());

    Path photo = GROUPS.resolve("group_1.jpg");
    CommandRun file = CommandRun.of("classify", "--classifier", photo, photo);
    assertEquals(WRONG_USAGE, file.exitCode());
    assertTrue(file.err().contains("is not a classifier"), file.err());
  }

  @Test
  void aClassifierOfAnotherEmbedderIsRefused() {
    Path models = SharedData.path("models");
    Path file = folder.resolve("by-heart");
    CommandRun train = CommandRun.of("train", "--people", PEOPLE, "--out", file);
    assertEquals(0, train.exitCode(), train.err());

    CommandRun run =
        CommandRun.with(
            new ModelStages(),
            "classify",
            "--models",
            models,
            "--detector",
            "mtcnn",
            "--embedder",
            "mobilefacenet-foamliu",
            "--classifier",
            file,
            GROUPS.resolve("group_1.jpg"));

    assertEquals(WRONG_USAGE, run.exitCode());
    assertTrue(run.err().contains("by-heart@"), run.err());
    assertTrue(run.err().contains("mobilefacenet-foamliu@"), run.err());
  }
}
