package io.facepipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.cli.stages.ModelStages;
import io.facepipeline.testkit.DocumentedCommands;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The commands that the documentation prints are understood by the program. */
class DocumentedCommandsTest {
  private static final Path ROOT = Path.of(System.getProperty("facepipeline.root", ".."));

  /** What the pages call the reader's folder of models, which must be there. */
  private static final Pattern FOLDER = Pattern.compile("--models DIR\\b");

  @Test
  void everyPrintedCommandIsUnderstood() {
    DocumentedCommands printed = DocumentedCommands.of(ROOT, "cli/target/facepipeline.jar");
    String folder = Matcher.quoteReplacement("--models " + ROOT);
    assertEquals(
        List.of(), printed.problems(command -> said(FOLDER.matcher(command).replaceAll(folder))));
    assertTrue(printed.size() >= 25, printed.size() + " commands");
  }

  @Test
  void anUnknownOptionIsAProblem() {
    String said = said("detect --min-faces 40 a.jpg " + DocumentedCommands.UNKNOWN);
    assertFalse(DocumentedCommands.isUnderstood(said));
    assertTrue(said.contains("--min-faces"), said);
  }

  private static String said(String command) {
    StringWriter said = new StringWriter();
    PrintWriter err = new PrintWriter(said, true);
    PrintWriter out = new PrintWriter(new StringWriter());
    Main.run(new ModelStages(), out, err, command.split("\\s+", -1));
    return said.toString();
  }
}
