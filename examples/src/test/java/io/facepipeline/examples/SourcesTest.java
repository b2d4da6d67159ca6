package io.facepipeline.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The programs are short, say how to run them, and are what the documentation shows. */
class SourcesTest {
  private static final int MOST_LINES = 60;
  private static final Path ROOT = Path.of(System.getProperty("facepipeline.root", ".."));
  private static final String FOLDER = "src/main/java/io/facepipeline/examples";
  private static final Path SOURCES = ROOT.resolve("examples").resolve(FOLDER);
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern FROM = Pattern.compile("^// from (\\w+)\n", Pattern.MULTILINE);
  private static final Pattern NOT_SHOWN =
      Pattern.compile("^(import [^;]+;|// given: .*|// from \\w+)\n", Pattern.MULTILINE);

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.endsWith("package-info.java"))
          .sorted()
          .toList();
    }
  }

  private static List<String> programs() throws IOException {
    List<String> programs = new ArrayList<>();
    for (Path file : sources()) {
      if (Files.readString(file).contains("public static void main(")) {
        programs.add(file.getFileName().toString().replace(".java", ""));
      }
    }
    return programs;
  }

  @Test
  void noneIsLongerThanAScreen() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path file : sources()) {
      int lines = Files.readAllLines(file).size();
      if (lines > MOST_LINES) {
        tooLong.add(file.getFileName() + ": " + lines + " lines");
      }
    }
    assertEquals(List.of(), tooLong);
  }

  @Test
  void eachSaysHowToRunIt() throws IOException {
    List<String> programs = programs();
    assertEquals(10, programs.size(), programs.toString());
    String table = Files.readString(ROOT.resolve("examples/README.md"));
    for (String program : programs) {
      List<String> lines = Files.readAllLines(SOURCES.resolve(program + ".java"));
      assertEquals(
          "// Run: mvn -q -Dquick -pl examples -am process-classes -Dexample=" + program,
          lines.get(1));
      assertTrue(lines.get(0).startsWith("// ") && lines.get(2).startsWith("// "), program);
      assertTrue(lines.get(3).startsWith("package "), program + " begins with three lines");
      String link = "[`" + program + "`](" + FOLDER + "/" + program + ".java)";
      assertTrue(table.contains(link), "the README has " + link);
    }
  }

  @Test
  void whatThePagesShowStandsInThePrograms() throws IOException {
    List<String> shown = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      for (Path page : docs.filter(p -> p.toString().endsWith(".md")).sorted().toList()) {
        Matcher blocks = BLOCK.matcher(Files.readString(page));
        while (blocks.find()) {
          Matcher from = FROM.matcher(blocks.group(1));
          if (from.find()) {
            String program = from.group(1);
            shown.add(program);
            String excerpt = flush(NOT_SHOWN.matcher(blocks.group(1)).replaceAll(""));
            if (!flush(source(program)).contains(excerpt)) {
              problems.add(
                  page.getFileName() + " shows what is not in " + program + ":\n" + excerpt);
            }
          }
        }
      }
    }
    assertEquals(List.of(), problems);
    assertTrue(shown.size() >= 8, shown.toString());
  }

  private static String source(String program) throws IOException {
    for (Path file : sources()) {
      if (file.endsWith(program + ".java")) {
        return Files.readString(file);
      }
    }
    throw new AssertionError("there is no program " + program);
  }

  /** Without indentation, which differs, and empty lines. */
  private static String flush(String code) {
    return code.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .collect(Collectors.joining("\n", "\n", "\n"));
  }
}
