package io.facepipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every command with what it cannot use: the exit code is as documented, the one input or option
 * that is at fault is named last, and nothing was looked at for a result that cannot be written.
 */
final class BadInputsTest {
  @TempDir Path folder;
  private Map<String, Path> words = Map.of();

  @BeforeEach
  void make() throws IOException {
    Path ada = Files.copy(SharedData.album("people/ada/ada_1.jpg"), folder.resolve("ada.jpg"));
    Files.createDirectory(folder.resolve("void"));
    Files.createFile(folder.resolve("zero.jpg"));
    Path text = Files.writeString(folder.resolve("text.txt"), "no table");
    Path full = Files.createDirectory(folder.resolve("full"));
    Files.copy(ada, full.resolve("ada.jpg"));
    Files.copy(ada, Files.createDirectory(full.resolve("ada")).resolve("1.jpg"));
    Path one = Files.writeString(folder.resolve("one.txt"), "1\t1\nada\t1\t2\nada\t1\tbao\t1\n");
    words = new HashMap<>();
    words.put("ONEFOLD", one);
    words.putAll(
        Map.of(
            "VOID", folder.resolve("void"),
            "ZERO", folder.resolve("zero.jpg"),
            "ABSENT", folder.resolve("absent.jpg"),
            "NOBODY", SharedData.album("groups/nobody.jpg"),
            "ADA", ada,
            "TEXT", text,
            "FULL", full,
            "PEOPLE", SharedData.album("people/ada").resolveSibling("."),
            "BLOCKED", text.resolve("out")));
    words.put("NEW", folder.resolve("new"));
    words.put(
        "TRUTH",
        Files.writeString(
            folder.resolve("truth.json"), "[{\"file\": \"a.jpg\", \"boxes\": [[1, 1, 9, 9]]}]"));
    words.put(
        "FOUND",
        Files.writeString(folder.resolve("found.json"), "[{\"image\": \"a.jpg\", \"faces\": []}]"));
  }

  private CommandRun run(String line) {
    Object[] args = line.trim().split(" +", -1);
    for (int i = 0; i < args.length; i++) {
      args[i] = words.getOrDefault((String) args[i], Path.of((String) args[i])).toString();
    }
    return CommandRun.of(args);
  }

  @Test
  void anEarlierVerdictDoesNotOutliveAFailedComparison() throws IOException {
    assertEquals(0, run("verify --json NEW ADA ADA").exitCode());
    assertTrue(Files.readString(words.get("NEW")).contains("\"same\":true"));
    assertEquals(1, run("verify --json NEW ADA ZERO").exitCode());
    String failed = Files.readString(words.get("NEW"));
    assertTrue(failed.contains("\"same\":null"), failed);
    assertTrue(failed.contains("zero.jpg"), failed);
  }

  @ParameterizedTest
  @CsvSource({
    // Inputs that cannot be used: 1, and the others are done.
    "detect VOID, 1, VOID",
    "detect ABSENT, 1, ABSENT",
    "detect ZERO, 1, ZERO",
    "detect TEXT, 1, TEXT",
    "detect ADA ABSENT, 1, ABSENT",
    "detect ADA ADA, 0, ",
    "detect NOBODY, 0, ",
    "align --out NEW VOID, 1, VOID",
    "align --out NEW ZERO, 1, ZERO",
    "embed VOID, 1, VOID",
    "embed ADA ZERO, 1, ZERO",
    "embed --people FULL --npy NEW, 0, ",
    "compare ADA ZERO, 1, ZERO",
    "compare ADA NOBODY, 1, NOBODY",
    "compare ABSENT ADA, 1, ABSENT",
    "compare ADA ADA, 0, ",
    "outliers --people FULL, 0, ",
    "identify VOID, 1, VOID",
    "identify ABSENT, 1, ABSENT",
    "analyze VOID, 1, VOID",
    "detectors VOID, 1, VOID",
    "detectors ADA ZERO, 1, ZERO",
    "cluster --out NEW VOID, 1, VOID",
    "cluster --out NEW ADA ZERO, 1, ZERO",
    "verify ADA NOBODY, 1, NOBODY",
    "verify NOBODY ADA, 1, NOBODY",
    "verify ADA ZERO, 1, ZERO",
    "verify ABSENT ADA, 1, ABSENT",
    "gallery add --gallery NEW --label x VOID, 1, VOID",
    "gallery add --gallery NEW --label x NOBODY, 1, NOBODY",
    // Wrong usage: 2.
    "identify --people VOID ADA, 2, VOID",
    "identify --people ABSENT ADA, 2, ABSENT",
    "identify --people TEXT ADA, 2, TEXT",
    "identify --gallery VOID ADA, 2, VOID",
    "analyze --people VOID ADA, 2, VOID",
    "embed --people ABSENT, 2, ABSENT",
    "embed --people VOID, 2, VOID",
    "compare ADA, 2, 2 to 1000",
    "outliers --people ABSENT, 2, ABSENT",
    "outliers --people VOID, 2, VOID",
    "outliers --people TEXT, 2, TEXT",
    "outliers --people FULL --percentile x, 2, --percentile",
    "train --people ABSENT --out NEW, 2, ABSENT",
    "train --people VOID --out NEW, 2, VOID",
    "classify --classifier ABSENT ADA, 2, ABSENT",
    "classify --classifier TEXT ADA, 2, TEXT",
    "cluster --out FULL ADA, 2, FULL",
    "track VOID, 1, VOID",
    "track ABSENT, 2, ABSENT",
    "gallery list --gallery VOID, 2, VOID",
    "gallery list --gallery ABSENT, 2, ABSENT",
    "gallery search --gallery VOID ADA, 2, VOID",
    "import ABSENT, 2, ABSENT",
    "import ZERO --out NEW, 2, ZERO",
    "models inspect ABSENT, 2, ABSENT",
    "models inspect ZERO, 2, ZERO",
    "models fetch nonsense, 2, nonsense",
    "evaluate lfw --images VOID --pairs ABSENT, 2, ABSENT",
    "evaluate lfw --images VOID --pairs TEXT, 2, TEXT",
    "evaluate lfw --images PEOPLE --pairs ONEFOLD, 2, ONEFOLD",
    "evaluate verify --people FULL, 2, FULL",
    "train --people FULL --out NEW, 2, FULL",
    "evaluate verify --people VOID, 2, VOID",
    "evaluate verify --people ABSENT, 2, ABSENT",
    "evaluate identify --train VOID --test VOID, 2, VOID",
    "evaluate identify --people ABSENT, 2, ABSENT",
    "evaluate detection --images VOID --truth ABSENT, 2, ABSENT",
    "evaluate detection --images VOID --truth TEXT, 2, TEXT",
    "evaluate detection --images VOID --truth TRUTH, 2, VOID",
    "evaluate equality --images VOID --reference FOUND, 2, VOID",
    "evaluate report --lfw-images VOID, 2, --lfw-pairs",
    "classify-image --top 0 ADA, 2, --top",
    "detect --models ABSENT ADA, 2, ABSENT",
    "detect --models TEXT ADA, 2, TEXT",
    "detect --min-face 0 ADA, 2, --min-face",
    "detect --threads 0 ADA, 2, --threads",
    "detect --factor 2 ADA, 2, --factor",
    "detect --thresholds 1 ADA, 2, --thresholds",
    "detect --score-threshold 0 ADA, 2, --score-threshold",
    "detect --input-size 9 ADA, 2, --input-size",
    "detect --input-size whole ADA, 2, --input-size",
    "identify --threshold 2 ADA, 2, --threshold",
    "verify --threshold nan ADA ADA, 2, threshold",
  })
  void isNamedWithItsExitCode(String line, int exitCode, String named) {
    CommandRun run = run(line);
    assertEquals(exitCode, run.exitCode(), run.err() + run.out());
    if (named != null) {
      String last = run.err().strip().lines().reduce((a, b) -> b).orElse("");
      String wanted = words.getOrDefault(named, Path.of(named)).toString();
      assertTrue(run.err().contains(wanted), run.err());
      assertTrue(last.startsWith("facepipeline: "), run.err());
      assertFalse(run.err().contains("\tat "), run.err());
      if (named.equals("NOBODY") || named.equals("ABSENT")) {
        assertFalse(run.err().contains(words.get("ADA").toString()), run.err());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "detect OPTION ADA, --json --csv --annotate",
    "align --out NEW OPTION ADA, --json --csv --annotate",
    "align OPTION ADA, --out",
    "embed OPTION ADA, --json --csv --annotate --npy",
    "compare OPTION ADA ADA, --json --csv --plots",
    "outliers --people FULL OPTION, --json --csv --markdown --plots --cache --move-to",
    "identify OPTION ADA, --json --csv --annotate",
    "analyze OPTION ADA, --json --csv --annotate",
    "expression OPTION ADA, --json --csv --annotate",
    "detectors OPTION ADA, --json --annotate",
    "classify --classifier TEXT OPTION ADA, --json --csv --annotate",
    "classify-image OPTION ADA, --json",
    "cluster --out NEW OPTION ADA, --json --csv --annotate",
    "cluster OPTION ADA, --out",
    "verify OPTION ADA ADA, --json",
    "track OPTION FULL, --json --csv --out",
    "train --people FULL OPTION, --out",
    "train --people FULL --out NEW OPTION, --json --cache",
    "import ADA OPTION, --out",
    "gallery list --gallery NEW OPTION, --json",
    "evaluate lfw --images VOID --pairs TEXT OPTION, --json --csv --markdown --plots --cache",
    "evaluate verify --people VOID OPTION, --json --csv --markdown --plots --cache",
    "evaluate identify --people VOID OPTION, --json --csv --markdown --plots --cache",
    "evaluate detection --images VOID --truth TEXT OPTION, --json --csv --markdown --plots",
    "evaluate report --people VOID OPTION, --json --markdown --plots --cache"
  })
  void aResultThatCannotBeWrittenIsRefusedBeforeAnyWork(String line, String options) {
    for (String option : options.split(" ", -1)) {
      AlbumStages stages = new AlbumStages();
      CommandRun run = run(line.replace("OPTION", option + " BLOCKED"));
      assertEquals(2, run.exitCode(), line + " " + option + ": " + run.err());
      assertTrue(run.err().contains(option + " " + words.get("BLOCKED")), run.err());
      assertEquals("", run.out(), option);
      assertEquals(0, stages.open());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "detect --json VOID ADA, --json",
    "detect --json ADA ADA, --json",
    "detect --json NEW --csv NEW ADA, the same file",
    "verify --json ADA ADA ADA, --json"
  })
  void aResultOverwritesNoFolderNoInputAndNoOtherResult(String line, String named)
      throws IOException {
    CommandRun run = run(line);
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains(named), run.err());
    assertTrue(Files.isDirectory(words.get("VOID")));
    assertTrue(Files.size(words.get("ADA")) > 1000);
  }
}
