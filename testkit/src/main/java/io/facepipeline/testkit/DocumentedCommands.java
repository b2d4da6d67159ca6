package io.facepipeline.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The commands of a program that the documentation prints, so that a test can check them. */
public final class DocumentedCommands {
  /** What no command knows: with it, a command that is understood ends before it does anything. */
  public static final String UNKNOWN = "--no-such-option";

  private static final Pattern COMMENT = Pattern.compile("\\s{2,}#.*");

  private final List<Printed> commands = new ArrayList<>();

  /**
   * A command.
   *
   * @param page the name of the page that prints it
   * @param line what follows the program
   */
  public record Printed(String page, String line) {}

  private DocumentedCommands() {}

  /**
   * {@return the commands of a program}
   *
   * @param root the project's folder
   * @param jar the program as the pages call it, such as {@code cli/target/facepipeline.jar}
   */
  public static DocumentedCommands of(Path root, String jar) {
    Pattern command =
        Pattern.compile("java -jar " + Pattern.quote(jar) + " ((?:[^\n\\\\]|\\\\\n)*)");
    DocumentedCommands found = new DocumentedCommands();
    try {
      List<Path> pages = new ArrayList<>(List.of(root.resolve("README.md")));
      try (Stream<Path> docs = Files.list(root.resolve("docs"))) {
        docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
      }
      for (Path page : pages) {
        Matcher lines = command.matcher(Files.readString(page));
        while (lines.find()) {
          String line = COMMENT.matcher(lines.group(1)).replaceAll("").replace("\\\n", " ");
          if (!line.startsWith("COMMAND")) {
            found.commands.add(new Printed(String.valueOf(page.getFileName()), line.strip()));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /** {@return how many there are} */
  public int size() {
    return commands.size();
  }

  /**
   * {@return what is wrong with them}
   *
   * @param run gives what the program says on standard error of a command, which asks for help or
   *     has the option {@link #UNKNOWN}
   */
  public List<String> problems(UnaryOperator<String> run) {
    List<String> problems = new ArrayList<>();
    for (Printed printed : commands) {
      boolean asks = printed.line().endsWith("--help");
      String said = run.apply(asks ? printed.line() : printed.line() + " " + UNKNOWN);
      if (asks ? !said.isEmpty() : !isUnderstood(said)) {
        problems.add(printed.page() + ": " + printed.line() + ": " + said);
      }
    }
    return problems;
  }

  /**
   * {@return whether a program minds nothing but the option that it cannot know}
   *
   * @param said what it said
   */
  public static boolean isUnderstood(String said) {
    return said.contains("Unknown option: '" + UNKNOWN + "'");
  }
}
