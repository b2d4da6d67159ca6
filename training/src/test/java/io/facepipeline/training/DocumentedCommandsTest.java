package io.facepipeline.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.testkit.DocumentedCommands;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The commands that the documentation prints are understood by the program. */
class DocumentedCommandsTest {
  /** As a shell divides a line: what stands between quotes is one word. */
  private static final Pattern WORD = Pattern.compile("\"[^\"]*\"|\\S+");

  @Test
  void everyPrintedCommandIsUnderstood() {
    Path root = Path.of(System.getProperty("facepipeline.root", ".."));
    DocumentedCommands printed =
        DocumentedCommands.of(root, "training/target/facepipeline-training.jar");
    assertEquals(List.of(), printed.problems(DocumentedCommandsTest::said));
    assertTrue(printed.size() >= 8, printed.size() + " commands");
  }

  private static String said(String command) {
    StringWriter said = new StringWriter();
    PrintWriter err = new PrintWriter(said, true);
    CommandLine line = Main.line().setErr(err).setOut(new PrintWriter(new StringWriter()));
    line.execute(
        WORD.matcher(command)
            .results()
            .map(w -> w.group().replace("\"", ""))
            .toArray(String[]::new));
    return said.toString();
  }
}
