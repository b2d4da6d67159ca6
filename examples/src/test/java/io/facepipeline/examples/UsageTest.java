package io.facepipeline.examples;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.testkit.SharedData;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UsageTest {
  private static final int WRONG_USAGE = 2;

  @Test
  void helpListsTheCommandsAndTheExitCodes() {
    CommandRun run = CommandRun.of("--help");

    assertEquals(0, run.exitCode());
    assertMentions(
        run.out(),
        "detect",
        "align",
        "embed",
        "verify",
        "identify",
        "train",
        "classify",
        "cluster",
        "evaluate",
        "--help",
        "Exit codes");
    assertEquals("", run.err());
  }

  @ParameterizedTest
  @CsvSource({
    "detect,   --json --csv --annotate --repeat --min-face --thresholds",
    "align,    --json --csv --annotate --out --rule --size --margin",
    "embed,    --json --csv --annotate --embedder --mirror",
    "verify,   --json --threshold --select --embedder",
    "identify, --json --csv --annotate --people --threshold --embedder",
    "train,    --json --people --classifier --out --far --augment --cache --photos --embedder",
    "classify, --json --csv --annotate --classifier --embedder",
    "cluster,  --json --csv --annotate --out --method --threshold --place --truth --embedder"
  })
  void helpOfACommandListsItsOptions(String command, String options) {
    CommandRun run = CommandRun.of(command, "--help");

    assertEquals(0, run.exitCode());
    assertMentions(run.out(), options.split(" ", -1));
    assertMentions(run.out(), "--models", "--detector", "--threads", "--provider");
    assertEquals("", run.err());
  }

  @Test
  void versionIsPrinted() {
    CommandRun run = CommandRun.of("--version");

    assertEquals(0, run.exitCode());
    assertMentions(run.out(), "facepipeline");
  }

  @Test
  void noArgumentsAreWrongUsage() {
    CommandRun run = CommandRun.of();

    assertEquals(WRONG_USAGE, run.exitCode());
    assertEquals("", run.out());
    assertMentions(run.err(), "Usage: facepipeline", "identify");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "frobnicate",
        "--frobnicate",
        "detect",
        "detect --frobnicate a.jpg",
        "detect --repeat 0 a.jpg",
        "detect --repeat many a.jpg",
        "detect --min-face tiny a.jpg",
        "align a.jpg",
        "align --out crops --rule diagonal a.jpg",
        "embed",
        "verify a.jpg",
        "verify a.jpg b.jpg c.jpg",
        "verify --select smallest a.jpg b.jpg",
        "identify --frobnicate",
        "identify --threshold high",
        "train --people album",
        "train --out file --people album --photos perhaps",
        "classify a.jpg",
        "cluster a.jpg",
        "cluster --out new --method guess a.jpg"
      })
  void wrongUsageIsExplainedOnTheErrorOutput(String line) {
    CommandRun run = CommandRun.of((Object[]) line.split(" ", -1));

    assertEquals(WRONG_USAGE, run.exitCode());
    assertEquals("", run.out());
    assertTrue(!run.err().isBlank());
  }

  @Test
  void missingDetectorWeightsAreNamed(@TempDir Path empty) {
    CommandRun run =
        CommandRun.with(
            new ModelStages(),
            "detect",
            "--detector",
            "mtcnn",
            "--models",
            empty,
            SharedData.album("truth.json"));

    assertEquals(WRONG_USAGE, run.exitCode());
    assertMentions(run.err(), "pnet.pt", "rnet.pt", "onet.pt", empty.toString(), "--models");
  }

  @Test
  void missingEmbedderWeightsAreNamedWhenTheDetectorIsThere() {
    Path detectorOnly = SharedData.path("models/mtcnn");

    CommandRun run =
        CommandRun.with(
            new ModelStages(),
            "identify",
            "--detector",
            "mtcnn",
            "--embedder",
            "mobilefacenet-foamliu",
            "--models",
            detectorOnly,
            "nobody.jpg");

    assertEquals(WRONG_USAGE, run.exitCode());
    assertMentions(run.err(), "mobilefacenet_foamliu.pt", "--models");
    assertTrue(!run.err().contains("pnet.pt"), run.err());
  }

  @Test
  void folderOfModelsThatIsNotThereIsNamed(@TempDir Path folder) {
    Path absent = folder.resolve("absent");

    CommandRun run =
        CommandRun.with(
            new ModelStages(), "detect", "--detector", "mtcnn", "--models", absent, "nobody.jpg");

    assertEquals(WRONG_USAGE, run.exitCode());
    assertMentions(run.err(), absent.toString());
  }

  @Test
  void unknownModelsAreWrongUsageAndTheKnownOnesAreListed() {
    CommandRun detector =
        CommandRun.with(new ModelStages(), "detect", "--detector", "eye", "nobody.jpg");
    assertEquals(WRONG_USAGE, detector.exitCode());
    assertMentions(detector.err(), "eye", "mtcnn");

    CommandRun embedder =
        CommandRun.with(
            new ModelStages(),
            "embed",
            "--models",
            SharedData.path("models/mtcnn"),
            "--embedder",
            "guess",
            "nobody.jpg");
    assertEquals(WRONG_USAGE, embedder.exitCode());
    assertMentions(embedder.err(), "guess", "mobilefacenet-foamliu");
  }

  private static void assertMentions(String text, String... words) {
    assertAll(
        Arrays.stream(words)
            .map(word -> () -> assertTrue(text.contains(word), word + " is missing in: " + text)));
  }
}
