package io.facepipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.cli.stages.ModelStages;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every row of the page for people who come from Python names a command or class, and a test. */
class FromPythonTest {
  private static final Path ROOT = Path.of(System.getProperty("facepipeline.root", ".."));
  private static final Pattern CODE = Pattern.compile("(\\*training\\* )?`([^`]+)`");
  private static final Pattern CLASS = Pattern.compile("[A-Z]\\w+");
  private static final Pattern OPTION = Pattern.compile("--[a-z][a-z0-9-]*");
  private static final String UNKNOWN = "--no-such-option";

  /** All of the project's Java files by the name of their class. */
  private static final Map<String, Path> SOURCES = new HashMap<>();

  private static String training = "";

  @BeforeAll
  static void find() throws IOException {
    StringBuilder options = new StringBuilder();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path module : modules.map(m -> m.resolve("src")).filter(Files::isDirectory).toList()) {
        try (Stream<Path> files = Files.walk(module)) {
          for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
            SOURCES.put(file.getFileName().toString().replace(".java", ""), file);
            if (module.startsWith(ROOT.resolve("training"))) {
              options.append(Files.readString(file));
            }
          }
        }
      }
    }
    training = options.toString();
  }

  private static List<String[]> rows(String page) {
    List<String[]> rows = new ArrayList<>();
    for (String line : page.lines().toList()) {
      if (line.startsWith("| ") && !line.startsWith("| script") && !line.startsWith("| ref")) {
        rows.add(line.substring(2, line.length() - 2).split(" \\| ", -1));
      }
    }
    return rows;
  }

  @Test
  void everyRowNamesACommandOrAClassAndATest() throws IOException {
    List<String> problems = new ArrayList<>();
    List<String[]> rows = rows(Files.readString(ROOT.resolve("docs/from-python.md")));
    assertTrue(rows.size() >= 30, rows.size() + " rows");
    for (String[] row : rows) {
      assertEquals(4, row.length, String.join(" | ", row));
      check(row[2], row[0], problems, FromPythonTest::problemOfUse);
      check(row[3], row[0], problems, FromPythonTest::problemOfTest);
    }
    assertEquals(List.of(), problems);
  }

  /** What is wrong with a span of code, empty if nothing is. */
  private interface Judge {
    String problem(boolean training, String code) throws IOException;
  }

  private static void check(String cell, String row, List<String> problems, Judge judge)
      throws IOException {
    Matcher codes = CODE.matcher(cell);
    int found = 0;
    while (codes.find()) {
      found++;
      String problem = judge.problem(codes.group(1) != null, codes.group(2));
      if (!problem.isEmpty()) {
        problems.add(row + ": " + codes.group(2) + ": " + problem);
      }
    }
    if (found == 0) {
      problems.add(row + ": nothing is named in \"" + cell + "\"");
    }
  }

  private static String problemOfUse(boolean isTraining, String code) {
    if (CLASS.matcher(code).matches()) {
      Path file = SOURCES.get(code);
      return file != null && file.toString().contains("main") ? "" : "there is no such class";
    }
    if (code.startsWith("work/")) {
      return training.contains('"' + code.substring(5) + '"') ? "" : "nobody writes it";
    }
    return isTraining ? problemOfTraining(code) : problemOfCommand(code);
  }

  /** As in the test of printed commands: an option that does not exist stops every command. */
  private static String problemOfCommand(String command) {
    StringWriter said = new StringWriter();
    PrintWriter none = new PrintWriter(new StringWriter());
    String[] args = (command + " " + UNKNOWN).split(" ", -1);
    Main.run(new ModelStages(), none, new PrintWriter(said, true), args);
    return said.toString().contains("Unknown option: '" + UNKNOWN + "'") ? "" : said.toString();
  }

  /** The training program is no part of this one: its sources tell its commands and options. */
  private static String problemOfTraining(String command) {
    String name = command.split(" ", 2)[0];
    if (!training.contains("name = \"" + name + "\"")) {
      return "there is no such command";
    }
    Matcher options = OPTION.matcher(command);
    while (options.find()) {
      if (!training.contains('"' + options.group() + '"')) {
        return "there is no " + options.group();
      }
    }
    return "";
  }

  private static String problemOfTest(boolean isTraining, String code) throws IOException {
    String[] parts = code.split("#", -1);
    Path file = SOURCES.get(parts[0]);
    if (file == null || !parts[0].endsWith("Test")) {
      return "there is no such test";
    }
    return parts.length == 1 || Files.readString(file).contains("void " + parts[1] + "(")
        ? ""
        : "there is no such method";
  }

  @Test
  void whatIsNotThereIsAProblem() throws IOException {
    assertTrue(problemOfCommand("compare --metrics cosine a.jpg").contains("--metrics"));
    assertTrue(!problemOfUse(false, "Facenet").isEmpty());
    assertTrue(!problemOfTraining("embedder --no-such-thing").isEmpty());
    assertTrue(!problemOfTest(false, "CompareCommandTest#compares").isEmpty());
    List<String> problems = new ArrayList<>();
    check("by eye", "a script", problems, FromPythonTest::problemOfTest);
    assertEquals(1, problems.size());
  }
}
