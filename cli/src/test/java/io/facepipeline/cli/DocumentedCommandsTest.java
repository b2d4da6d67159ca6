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
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The commands that the documentation prints are understood by the program. */
class DocumentedCommandsTest {
  private static final Pattern COMMAND =
      Pattern.compile("java -jar cli/target/facepipeline\\.jar ((?:[^\n\\\\]|\\\\\n)*)");
  private static final String UNKNOWN = "--no-such-option";

  /** What the pages call the reader's folder of models, which must be there. */
  private static final Pattern FOLDER = Pattern.compile("--models DIR\\b");

  private static final Pattern COMMENT = Pattern.compile("\\s{2,}#.*");

  @Test
  void everyPrintedCommandIsUnderstood() throws IOException {
    Path root = Path.of(System.getProperty("facepipeline.root", ".."));
    List<Path> pages = new ArrayList<>(List.of(root.resolve("README.md")));
    try (Stream<Path> docs = Files.list(root.resolve("docs"))) {
      docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    List<String> problems = new ArrayList<>();
    int found = 0;
    for (Path page : pages) {
      Matcher commands = COMMAND.matcher(Files.readString(page));
      while (commands.find()) {
        String command = COMMENT.matcher(commands.group(1)).replaceAll("").replace("\\\n", " ");
        if (!command.startsWith("COMMAND")) {
          found++;
          String folder = Matcher.quoteReplacement("--models " + root);
          String problem = problem(FOLDER.matcher(command.strip()).replaceAll(folder));
          if (!problem.isEmpty()) {
            problems.add(page.getFileName() + ": " + command + ": " + problem);
          }
        }
      }
    }
    assertEquals(List.of(), problems);
    assertTrue(found >= 25, found + " commands");
  }

  @Test
  void anUnknownOptionIsAProblem() {
    assertTrue(problem("detect --min-faces 40 a.jpg").contains("--min-faces"));
  }

  /** An option that does not exist stops every command before it does anything. */
  private static String problem(String command) {
    StringWriter said = new StringWriter();
    PrintWriter err = new PrintWriter(said, true);
    PrintWriter out = new PrintWriter(new StringWriter());
    Main.run(new ModelStages(), out, err, (command + " " + UNKNOWN).split("\\s+", -1));
    return said.toString().contains("Unknown option: '" + UNKNOWN + "'") ? "" : said.toString();
  }
}
