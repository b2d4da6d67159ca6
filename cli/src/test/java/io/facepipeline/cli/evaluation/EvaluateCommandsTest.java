package io.facepipeline.cli.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.facepipeline.Image;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EvaluateCommandsTest {
  private static final int FAILED_INPUTS = 1;
  private static final int WRONG_USAGE = 2;
  private static final Path PEOPLE = SharedData.album("people");

  @TempDir Path folder;

  @Test
  void lfwWritesTheContractsFields() throws IOException {
    // The album in LFW's naming; the last photo has no face, so its pair is wrong.
    photo("people/ada/ada_1.jpg", "ada", 1);
    photo("people/ada/ada_2.jpg", "ada", 2);
    photo("people/bao/bao_1.jpg", "bao", 1);
    photo("people/bao/bao_2.jpg", "bao", 2);
    photo("groups/nobody.jpg", "bao", 3);
    Path pairs =
        Files.writeString(
            folder.resolve("pairs.txt"),
            """
            2\t2
            ada\t1\t2
            bao\t1\t2
            ada\t1\tbao\t1
            ada\t2\tbao\t2
            ada\t1\t2
            bao\t2\t3
            ada\t1\tbao\t2
            ada\t2\tbao\t1
            """);
    Path out = folder.resolve("out");

    CommandRun run =
        CommandRun.of(
            "evaluate",
            "lfw",
            "--images",
            folder.resolve("lfw"),
            "--pairs",
            pairs,
            "--flip",
            "--json",
            out.resolve("lfw.json"),
            "--csv",
            out.resolve("pairs.csv"),
            "--markdown",
            out.resolve("lfw.md"),
            "--plots",
            out.resolve("plots"),
            "--cache",
            out.resolve("cache"));

    assertEquals(0, run.exitCode(), run.err());
    JsonObject json = json(out.resolve("lfw.json"));
    assertEquals(8, json.get("pairs").getAsInt());
    assertEquals(0.875, json.get("accuracy").getAsDouble());
    assertEquals(0.125, json.get("accuracyStd").getAsDouble());
    assertEquals(1, json.get("withoutFace").getAsInt());
    assertTrue(json.has("auc") && json.has("eer"), json.toString());
    assertEquals(Set.of("0.01", "0.001", "0.0001"), json.getAsJsonObject("tarAtFar").keySet());
    assertEquals(60, json.get("minFace").getAsInt());
    assertTrue(json.get("mirror").getAsBoolean());
    assertEquals(9, Files.readAllLines(out.resolve("pairs.csv")).size());
    assertTrue(Files.readString(out.resolve("lfw.md")).contains("| accuracy | 87.50 % ± 12.50 |"));
    assertTrue(run.out().contains("pairs without a face"), run.out());
    for (String plot : List.of("roc.png", "similarities.png", "wrong-pairs.png")) {
      assertTrue(Image.read(out.resolve("plots").resolve(plot)).width() > 100, plot);
    }
    assertTrue(Files.isDirectory(out.resolve("cache")));
  }

  @Test
  void aPhotoThatIsMissingIsNamedAndItsPairsAreWrong() throws IOException {
    photo("people/ada/ada_1.jpg", "ada", 1);
    photo("people/bao/bao_1.jpg", "bao", 1);
    Path pairs =
        Files.writeString(
            folder.resolve("pairs.txt"), "2 1\nada 1 2\nada 1 bao 1\nada 1 2\nada 1 bao 1\n");

    CommandRun run =
        CommandRun.of("evaluate", "lfw", "--images", folder.resolve("lfw"), "--pairs", pairs);

    assertEquals(FAILED_INPUTS, run.exitCode());
    assertTrue(run.err().contains("ada_0002.jpg: no such file"), run.err());
    assertTrue(run.out().contains("accuracy"), run.out());
  }

  @Test
  void verifyDrawsPairsFromTheAlbum() throws IOException {
    Path out = folder.resolve("verify.json");

    CommandRun run =
        CommandRun.of(
            "evaluate", "verify", "--people", PEOPLE, "--pairs", 24, "--seed", 3, "--json", out);

    assertEquals(0, run.exitCode(), run.err());
    JsonObject json = json(out);
    assertEquals(48, json.get("pairs").getAsInt());
    assertEquals(1, json.get("accuracy").getAsDouble());
    assertEquals(0, json.get("eer").getAsDouble());
    assertEquals(4, json.getAsJsonArray("folds").size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"knn", "centroid"})
  void identifySplitsTheAlbum(String classifier) throws IOException {
    Path out = folder.resolve("identify.json");

    CommandRun run =
        CommandRun.of(
            "evaluate",
            "identify",
            "--people",
            PEOPLE,
            "--classifier",
            classifier,
            "--json",
            out,
            "--csv",
            folder.resolve("probes.csv"),
            "--plots",
            folder);

    assertEquals(0, run.exitCode(), run.err());
    JsonObject json = json(out);
    // Two of eight people are strangers with four photos each; the others have three probes.
    assertEquals(26, json.get("tested").getAsInt());
    assertEquals(26, json.get("correct").getAsInt());
    assertEquals(1, json.get("accuracy").getAsDouble());
    assertEquals(8, json.get("rejected").getAsInt());
    assertEquals(1, json.get("rank1").getAsDouble());
    assertEquals(1, json.getAsJsonObject("dirAtFar").get("0.1").getAsDouble());
    assertEquals(27, Files.readAllLines(folder.resolve("probes.csv")).size());
    assertTrue(Files.exists(folder.resolve("cmc.png")));
  }

  @Test
  void identifyTestsOneFolderAgainstAnother() throws IOException {
    Path train = folder.resolve("train");
    Path test = folder.resolve("test");
    copy("people/ada/ada_1.jpg", train.resolve("ada/1.jpg"));
    copy("people/bao/bao_1.jpg", train.resolve("bao/1.jpg"));
    copy("people/dalia/dalia_1.jpg", train.resolve("dalia/1.jpg"));
    copy("people/ada/ada_2.jpg", test.resolve("ada/2.jpg"));
    copy("people/bao/bao_2.jpg", test.resolve("ada/wrong.jpg"));
    copy("people/chidi/chidi_1.jpg", test.resolve("chidi/1.jpg"));
    copy("groups/nobody.jpg", test.resolve("bao/nobody.jpg"));
    Path out = folder.resolve("out.json");

    CommandRun run =
        CommandRun.of(
            "evaluate",
            "identify",
            "--train",
            train,
            "--test",
            test,
            "--classifier",
            "centroid",
            "--embedder",
            "by-heart",
            "--json",
            out);

    assertEquals(0, run.exitCode(), run.err());
    JsonObject json = json(out);
    assertEquals(4, json.get("tested").getAsInt());
    assertEquals(2, json.get("correct").getAsInt());
    assertEquals(0.5, json.get("accuracy").getAsDouble());
    assertEquals(1, json.get("rejected").getAsInt());
    assertEquals(1, json.get("withoutFace").getAsInt());

    CommandRun closed =
        CommandRun.of(
            "evaluate",
            "identify",
            "--train",
            train,
            "--test",
            test,
            "--closed-set",
            "--json",
            out);
    assertEquals(0, closed.exitCode(), closed.err());
    assertEquals(0, json(out).get("rejected").getAsInt());
    assertEquals(1, json(out).get("correct").getAsInt());
  }

  /** Whoever is asked for with the photo that enrolled them is always found. */
  @Test
  void identifyRefusesAPhotoThatIsInBothFolders() throws IOException {
    Path train = folder.resolve("both");
    copy("people/ada/ada_1.jpg", train.resolve("ada/1.jpg"));
    copy("people/bao/bao_1.jpg", train.resolve("bao/1.jpg"));
    Path test = folder.resolve("test");
    copy("people/bao/bao_2.jpg", test.resolve("bao/2.jpg"));
    Files.createSymbolicLink(
        Files.createDirectories(test.resolve("ada")).resolve("linked.jpg"),
        train.resolve("ada/1.jpg").toAbsolutePath());
    for (Path same : List.of(test, folder.resolve("both/../both"))) {
      CommandRun run = CommandRun.of("evaluate", "identify", "--train", train, "--test", same);
      assertEquals(WRONG_USAGE, run.exitCode());
      assertTrue(run.err().contains(".jpg is in --train too"), run.err());
    }
  }

  @Test
  void detectionReadsTheAlbumsTruth() throws IOException {
    Path out = folder.resolve("detection.json");

    CommandRun run =
        CommandRun.of(
            "evaluate",
            "detection",
            "--images",
            SharedData.album(""),
            "--truth",
            SharedData.album("truth.json"),
            "--json",
            out,
            "--plots",
            folder);

    assertEquals(0, run.exitCode(), run.err());
    JsonObject json = json(out);
    assertEquals(38, json.get("images").getAsInt());
    assertEquals(52, json.get("faces").getAsInt());
    assertEquals(1, json.getAsJsonObject("recallAtFalsePositives").get("100").getAsDouble());
    assertEquals(1, json.getAsJsonObject("recallAtFalsePositives").get("500").getAsDouble());
    assertEquals(1, json.get("averagePrecision").getAsDouble());
    assertEquals(0, json.get("landmarkError").getAsDouble());
    assertEquals(52, json.get("landmarkFaces").getAsInt());
    assertTrue(json.getAsJsonArray("curveEndsBefore").size() > 0);
    assertTrue(Files.exists(folder.resolve("detection.png")));
  }

  @Test
  void detectionReadsEllipsesAndBoxes() throws IOException {
    Path truth =
        Files.writeString(
            folder.resolve("truth.json"),
            "[{\"file\": \"groups/nobody.jpg\", \"boxes\": [[1, 2, 30, 40]]},"
                + "{\"file\": \"people/ada/ada_1.jpg\","
                + " \"ellipses\": [[73, 62, 1.57, 168, 237]]}]");
    Path out = folder.resolve("detection.json");

    CommandRun run =
        CommandRun.of(
            "evaluate",
            "detection",
            "--images",
            SharedData.album(""),
            "--truth",
            truth,
            "--json",
            out);

    assertEquals(0, run.exitCode(), run.err());
    assertEquals(2, json(out).get("faces").getAsInt());
    assertEquals(0.5, json(out).getAsJsonObject("curveEnd").get("recall").getAsDouble());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[{}]", "[{\"file\": \"a\", \"boxes\": [[1]]}]", "nonsense"})
  void truthOfAnotherFormIsWrongUsage(String text) throws IOException {
    Path truth = Files.writeString(folder.resolve("truth.json"), text);

    CommandRun run = CommandRun.of("evaluate", "detection", "--images", folder, "--truth", truth);

    assertEquals(WRONG_USAGE, run.exitCode());
    assertTrue(run.err().contains("truth.json does not hold annotations"), run.err());
  }

  @Test
  void aDetectorEqualsWhatItFoundBefore() throws IOException {
    Path before = folder.resolve("before.json");
    Path out = folder.resolve("equality.json");
    CommandRun.of("detect", "--json", before, SharedData.album("groups"));
    String text = Files.readString(before);
    Path named = Files.writeString(before, text.replace(SharedData.album("groups") + "/", ""));
    Object[] line = {
      "evaluate",
      "equality",
      "--images",
      SharedData.album("groups"),
      "--reference",
      named,
      "--json",
      out
    };

    CommandRun run = CommandRun.of(line);

    assertEquals(0, run.exitCode(), run.err());
    assertEquals(1, json(out).get("equal").getAsDouble());
    assertTrue(json(out).get("faces").getAsInt() > 10, run.out());

    JsonArray photos = JsonParser.parseString(Files.readString(named)).getAsJsonArray();
    JsonArray faces = photos.get(0).getAsJsonObject().getAsJsonArray("faces");
    faces.remove(0);
    faces.get(0).getAsJsonObject().getAsJsonArray("box").set(0, new JsonPrimitive(1));
    Files.writeString(named, photos.toString());

    run = CommandRun.of(line);

    assertEquals(0, run.exitCode(), run.err());
    assertEquals(2, json(out).getAsJsonArray("differing").size());
    assertTrue(run.out().contains("no such face"), run.out());
    assertTrue(run.out().contains("group_1.jpg: 4 found, 3 by the reference"), run.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[{}]", "[{\"image\": \"a\", \"faces\": [{}]}]", "nonsense"})
  void detectionsOfAnotherFormAreWrongUsage(String text) throws IOException {
    Path reference = Files.writeString(folder.resolve("found.json"), text);

    CommandRun run =
        CommandRun.of("evaluate", "equality", "--images", folder, "--reference", reference);

    assertEquals(WRONG_USAGE, run.exitCode());
    assertTrue(run.err().contains("found.json does not hold detections"), run.err());
  }

  @Test
  void theReportHasATableForEachEvaluation() throws IOException {
    Path markdown = folder.resolve("report.md");
    Path out = folder.resolve("report.json");

    CommandRun run =
        CommandRun.of(
            "evaluate",
            "report",
            "--people",
            PEOPLE,
            "--detection-images",
            SharedData.album(""),
            "--truth",
            SharedData.album("truth.json"),
            "--markdown",
            markdown,
            "--json",
            out,
            "--plots",
            folder);

    assertEquals(0, run.exitCode(), run.err());
    String text = Files.readString(markdown);
    assertTrue(text.contains("| `by-heart` | 100.00 % | 26 of 26 | 8 | 0 |"), text);
    assertTrue(text.contains("**Detection, scan-default**"), text);
    JsonArray results = json(out).getAsJsonArray("results");
    assertEquals(2, results.size());
    assertEquals("detection", results.get(0).getAsJsonObject().get("evaluation").getAsString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evaluate",
        "evaluate lfw",
        "evaluate guess",
        "evaluate identify",
        "evaluate identify --people nowhere --train nowhere",
        "evaluate identify --people nowhere",
        "evaluate identify --people nowhere --closed-set --far 0.5",
        "evaluate verify --people nowhere",
        "evaluate equality --images nowhere",
        "evaluate equality --images nowhere --reference a.json --tolerance 0",
        "evaluate report",
        "evaluate report --lfw-images nowhere",
        "evaluate lfw --images nowhere --pairs nowhere"
      })
  void wrongUsageIsSaid(String line) {
    CommandRun run = CommandRun.of((Object[]) line.split(" ", -1));

    assertEquals(WRONG_USAGE, run.exitCode());
    assertFalse(run.err().isBlank());
  }

  @Test
  void anUnknownClassifierIsWrongUsage() {
    CommandRun run =
        CommandRun.of("evaluate", "identify", "--people", PEOPLE, "--classifier", "guess");

    assertEquals(WRONG_USAGE, run.exitCode());
    assertTrue(run.err().contains("guess"), run.err());
  }

  private void photo(String album, String person, int number) throws IOException {
    copy(album, folder.resolve(String.format("lfw/%s/%s_%04d.jpg", person, person, number)));
  }

  private static void copy(String album, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(SharedData.album(album), to);
  }

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }
}
