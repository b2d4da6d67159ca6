package io.facepipeline.cli.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.Image;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.evaluation.conditions.Condition;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EvaluateRobustnessTest {
  private static final Path PEOPLE = SharedData.album("people");

  @TempDir Path folder;

  @Test
  void eachConditionHasARow() throws IOException {
    CommandRun run =
        CommandRun.of(
            "evaluate",
            "robustness",
            "--people",
            PEOPLE,
            "--condition",
            "plain",
            "--condition",
            "masked",
            "--condition",
            "dark",
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
    assertTrue(json.has("model") && json.has("minFace"), json.toString());
    JsonArray conditions = json.getAsJsonArray("conditions");
    assertEquals(3, conditions.size());
    JsonObject plain = conditions.get(0).getAsJsonObject();
    assertEquals("plain", plain.get("condition").getAsString());
    assertEquals(plain.get("photos").getAsInt(), plain.get("found").getAsInt());
    int pairs = plain.get("pairs").getAsInt();
    assertEquals(1 + 3 * pairs, Files.readAllLines(folder.resolve("out.csv")).size());
    assertTrue(Files.readString(folder.resolve("out.md")).contains("| masked | "));
    for (String plot : List.of("robustness.png", "conditions.png")) {
      assertTrue(Image.read(folder.resolve("plots").resolve(plot)).width() > 300, plot);
    }
  }

  @Test
  void theHelpSaysWhatEachConditionDoes() {
    CommandRun run = CommandRun.of("evaluate", "robustness", "--help");
    assertEquals(0, run.exitCode());
    String help = run.out().replaceAll("\\s+", " ");
    for (Condition condition : Condition.values()) {
      String line = condition.label() + " " + condition.summary();
      assertTrue(help.contains(line), line + " is not in " + help);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--people PEOPLE --condition fog, there is no condition fog",
    "--people PEOPLE --pairs pairs.txt, give --images and --pairs",
    "--pairs pairs.txt, give --images and --pairs",
    "--flip, give --images and --pairs"
  })
  void whatCannotBeIsWrongUsage(String options, String message) {
    String[] given = options.replace("PEOPLE", PEOPLE.toString()).split(" ", -1);
    Object[] all = new Object[given.length + 2];
    all[0] = "evaluate";
    all[1] = "robustness";
    System.arraycopy(given, 0, all, 2, given.length);
    CommandRun run = CommandRun.of(all);
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains(message), run.err());
  }

  @Test
  void groupsHaveRatesOfTheirOwn() throws IOException {
    // Spreadsheets begin their tables with a mark.
    StringBuilder table = new StringBuilder("\uFEFFfile,hair,initial\n");
    for (String name : List.of("ada", "bao", "chidi", "dalia")) {
      table.append("%s/%s_1.jpg,%s,%s%n".formatted(name, name, "brown", name.charAt(0)));
    }
    Path labels = Files.writeString(folder.resolve("labels.csv"), table);
    Path out = folder.resolve("groups.json");
    CommandRun run =
        CommandRun.of(
            "evaluate",
            "groups",
            "--images",
            PEOPLE,
            "--labels",
            labels,
            "--json",
            out,
            "--far",
            "0.5",
            "--condition",
            "turned",
            "--plots",
            folder.resolve("plots"));
    assertEquals(0, run.exitCode(), run.err());
    JsonObject json = JsonParser.parseString(Files.readString(out)).getAsJsonObject();
    JsonArray groups = json.getAsJsonArray("groups");
    // All, the only hair, and four initials.
    assertEquals(6, groups.size());
    assertEquals(3, groups.get(0).getAsJsonObject().get("falseAccepts").getAsInt());
    assertEquals(
        groups.get(0).getAsJsonObject().get("far"), groups.get(1).getAsJsonObject().get("far"));
    assertTrue(groups.get(2).getAsJsonObject().get("far").isJsonNull());
    assertTrue(Image.read(folder.resolve("plots").resolve("groups.png")).width() > 300);
  }

  @ParameterizedTest
  @CsvSource({
    "'file\nada/ada_1.jpg\n', needs file and at least one label",
    "'photo,age\nada/ada_1.jpg,4\n', needs file and at least one label",
    "'file,age\nada/ada_1.jpg,4,5\n', 'row 1 has 3 cells, not the 2'",
    "'file,age,age\nada/ada_1.jpg,4,5\n', contains a duplicate name",
    "'file,age\nada/ada_1.jpg,4\n,5\n', row 2 names no file",
    "'file,age\nada/ada_1.jpg,4\nada/ada_1.jpg,5\n', row 2 names ada/ada_1.jpg again",
    "'file,age\nada/ada_1.jpg,4\nbao/../ada/ada_1.jpg,5\n', row 2 names bao/../ada/ada_1.jpg again",
    "'file,age\nada/ada_1.jpg,4\n', lists 1 photo; at least two",
    "'file,age\nnowhere.jpg,4\nnever.jpg,4\n', none of the photos named in",
    "'file,age\nada/ada_1.jpg,4\nnever.jpg,4\n', a face was found in 1 photo of 2"
  })
  void aTableWithoutGroupsIsWrongUsage(String table, String message) throws IOException {
    Path labels = Files.writeString(folder.resolve("labels.csv"), table.replace("\\n", "\n"));
    CommandRun run = CommandRun.of("evaluate", "groups", "--images", PEOPLE, "--labels", labels);
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains(message), run.err());
  }
}
