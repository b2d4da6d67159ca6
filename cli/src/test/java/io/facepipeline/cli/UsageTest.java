package io.facepipeline.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.cli.stages.ModelStages;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.testkit.SharedData;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class UsageTest {
  private static final int WRONG_USAGE = 2;

  /** As in the program itself, where the process ends at once. */
  @Test
  void nothingStaysInABuffer(@TempDir Path folder) {
    StringWriter seen = new StringWriter();
    PrintWriter out = new PrintWriter(new BufferedWriter(seen), true);
    String cache = folder.toString();
    assertEquals(
        0, Main.run(new ModelStages(), out, out, "models", "list", "--model-cache", cache));
    assertMentions(seen.toString(), "mobilefacenet-foamliu", "inside");
  }

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
    "align,    --json --csv --annotate --out --rule --size --margin --select --left-out --again",
    "embed,    --json --csv --annotate --npy --people --select --embedder --mirror",
    "compare,  --json --csv --plots --metric --threshold --select --embedder",
    "outliers, --json --csv --plots --people --threshold --percentile --move-to --cache",
    "verify,   --json --threshold --select --embedder",
    "identify, --json --csv --annotate --people --threshold --embedder",
    "train,    --json --people --classifier --out --far --augment --cache --photos --embedder",
    "hide,     --json --csv --out --how --color --margin --people --show --only --also --every",
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

  /** A command that is asked for is made alone. */
  @Test
  void everyCommandIsFoundByItsName() {
    Main.commands(new ModelStages())
        .forEach(
            (name, command) -> {
              Object made = command.get();
              CommandLine line = made instanceof CommandLine l ? l : new CommandLine(made);
              assertEquals(name, line.getCommandName());
            });
    assertMentions(CommandRun.of("detect", "--help").out(), "facepipeline detect");
    assertMentions(CommandRun.of("--debug", "detect", "--help").out(), "facepipeline detect");
    assertMentions(CommandRun.of("--help", "detect").out(), "identify");
    assertMentions(CommandRun.of("identfy").err(), "identify");
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

  /** Stages that fail as nobody foresaw. */
  private static final StageFactory BROKEN =
      new StageFactory() {
        @Override
        public FaceDetector detector(StageOptions options) {
          throw new IllegalStateException("a fault of the program's own");
        }

        @Override
        public FaceEmbedder embedder(StageOptions options) {
          throw new AssertionError();
        }

        @Override
        public List<String> embeddersAtHand(StageOptions options) {
          return List.of();
        }
      };

  @Test
  void anUnforeseenFailureIsOneSentenceUnlessMoreIsAskedFor() {
    CommandRun run = CommandRun.with(BROKEN, "detect", "nobody.jpg");
    assertEquals(1, run.exitCode());
    assertEquals(1, run.err().lines().count(), run.err());
    assertMentions(run.err(), "IllegalStateException", "a fault of the program's own", "--debug");

    CommandRun more = CommandRun.with(BROKEN, "--debug", "detect", "nobody.jpg");
    assertEquals(1, more.exitCode());
    assertMentions(more.err(), "at io.facepipeline.cli.UsageTest");
  }

  /** A model that nobody measured, in every command that compares faces. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "verify A A",
        "identify --people DIR A",
        "cluster --out OUT A",
        "outliers --people DIR",
        "track --people DIR A",
        "serve --port 0",
        "serve --port 0 --gallery OUT",
        "gallery add --gallery OUT --label ada A"
      })
  void aModelWithoutThresholdsIsRefusedWithTheWayToMeasureOne(String line, @TempDir Path folder)
      throws IOException {
    Path people = Files.createDirectories(folder.resolve("people"));
    Path ada = Files.createDirectories(people.resolve("ada")).resolve("1.jpg");
    Files.copy(SharedData.album("people/ada/ada_1.jpg"), ada);
    List<Object> args = new ArrayList<>();
    for (String word : line.split(" ", -1)) {
      args.add(
          switch (word) {
            case "A" -> ada;
            case "DIR" -> people;
            case "OUT" -> folder.resolve("out");
            default -> word;
          });
    }

    CommandRun run = CommandRun.with(new AlbumStages(false), args.toArray());

    assertEquals(WRONG_USAGE, run.exitCode());
    assertMentions(run.err(), "--threshold T", "evaluate verify --people DIR");
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

  @Test
  void onlyWeightsForCommercialUseAreTakenWhereThatIsAskedFor() {
    String photo = SharedData.album("people/ada/ada_1.jpg").toString();
    Path facenet = SharedData.path("models/facenet/facenet_inception_resnet_v1_fp16.pt");
    String mtcnn = SharedData.path("models/mtcnn").toString();
    for (String refused :
        List.of(
            "detect",
            "detect --detector mtcnn-default",
            "embed --detector haar",
            "embed --detector haar --embedder " + facenet,
            "embed --detector haar --embedder facenet-vggface2 --models " + facenet.getParent())) {
      CommandRun run = commercialOnly(refused, photo);
      assertEquals(WRONG_USAGE, run.exitCode(), refused);
      assertMentions(run.err(), "models list --commercial", "leave --commercial-only out");
    }
    CommandRun allowed = commercialOnly("detect --detector mtcnn --models " + mtcnn, photo);
    assertEquals(0, allowed.exitCode(), allowed.err());
  }

  private static CommandRun commercialOnly(String line, String photo) {
    List<Object> all = new ArrayList<>(List.of(line.split(" ", -1)));
    all.addAll(List.of("--commercial-only", photo));
    return CommandRun.with(new ModelStages(), all.toArray());
  }

  private static void assertMentions(String text, String... words) {
    assertAll(
        Arrays.stream(words)
            .map(word -> () -> assertTrue(text.contains(word), word + " is missing in: " + text)));
  }
}
