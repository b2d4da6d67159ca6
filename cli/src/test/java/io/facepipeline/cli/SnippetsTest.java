package io.facepipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The snippets of the README and the documentation compile as printed; the README's first one runs.
 */
class SnippetsTest {
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern IMPORT = Pattern.compile("^import [^;]+;\n", Pattern.MULTILINE);
  private static final Pattern GIVEN = Pattern.compile("^// given: (.*)\n", Pattern.MULTILINE);
  private static final Pattern OUR_IMPORT =
      Pattern.compile("^import (io\\.facepipeline[a-z.]*)\\.[A-Z].*;", Pattern.MULTILINE);
  private static final Pattern EXPORTED = Pattern.compile("exports ([a-z.]+);");
  private static final Pattern TYPE = Pattern.compile("^public class (\\w+)", Pattern.MULTILINE);

  @TempDir Path classes;

  /** A snippet as a compilation unit. */
  private static final class Source extends SimpleJavaFileObject {
    final String code;

    Source(String type, String code) {
      super(URI.create("string:///" + type + ".java"), Kind.SOURCE);
      this.code = code;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreErrors) {
      return code;
    }
  }

  private static List<Path> pages(Path root) throws IOException {
    List<Path> pages = new ArrayList<>(List.of(root.resolve("README.md")));
    try (Stream<Path> docs = Files.list(root.resolve("docs"))) {
      docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  @Test
  void snippetsImportOnlyWhatModulesExportToEveryone() throws IOException {
    Path root = Path.of(System.getProperty("facepipeline.root", ".."));
    Set<String> exported = new TreeSet<>();
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.toList()) {
        Path described = module.resolve("src/main/java/module-info.java");
        if (Files.exists(described)) {
          EXPORTED
              .matcher(Files.readString(described))
              .results()
              .forEach(m -> exported.add(m.group(1)));
        }
      }
    }
    assertTrue(exported.contains("io.facepipeline"), exported.toString());
    List<String> hidden = new ArrayList<>();
    for (Path page : pages(root)) {
      OUR_IMPORT
          .matcher(Files.readString(page))
          .results()
          .filter(found -> !exported.contains(found.group(1)))
          .forEach(found -> hidden.add(page.getFileName() + ": " + found.group()));
    }
    assertEquals(List.of(), hidden);
  }

  @Test
  void everySnippetCompiles() throws IOException {
    Path root = Path.of(System.getProperty("facepipeline.root", ".."));
    List<Path> pages = pages(root);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    int found = 0;
    List<String> problems = new ArrayList<>();
    for (Path page : pages) {
      Matcher blocks = BLOCK.matcher(Files.readString(page));
      while (blocks.find()) {
        found++;
        Source source = source(blocks.group(1), found);
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(said, null, null)) {
          List<String> options =
              List.of(
                  "-proc:none",
                  "-d",
                  classes.toString(),
                  "-cp",
                  System.getProperty("java.class.path"));
          compiler.getTask(null, files, said, options, null, List.of(source)).call();
        }
        said.getDiagnostics().stream()
            .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
            .forEach(d -> problems.add(page.getFileName() + ": " + d + "\n" + source.code));
      }
    }
    assertTrue(found >= 15, found + " snippets");
    assertEquals(List.of(), problems);
  }

  @Test
  void theFrontPageNamesAdaAndNoStranger(@TempDir Path folder) throws Exception {
    Path root = Path.of(System.getProperty("facepipeline.root", ".."));
    Matcher block = BLOCK.matcher(Files.readString(root.resolve("README.md")));
    assertTrue(block.find(), "the README has a program");
    Matcher type = TYPE.matcher(block.group(1));
    assertTrue(type.find(), "the README's program is a class");
    Path program = Files.writeString(folder.resolve(type.group(1) + ".java"), block.group(1));
    Files.copy(SharedData.album("people/ada/ada_1.jpg"), folder.resolve("ada.jpg"));
    Files.copy(SharedData.album("groups/group_1.jpg"), folder.resolve("group.jpg"));

    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Path out = folder.resolve("out.txt");
    Process process =
        new ProcessBuilder(
                java,
                "-cp",
                System.getProperty("java.class.path"),
                program.getFileName().toString())
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertEquals(0, process.waitFor());

    List<String> who = Files.readAllLines(out);
    assertEquals(4, who.size(), who.toString());
    assertEquals(1, who.stream().filter(line -> line.startsWith("ada 0.")).count(), who.toString());
    assertEquals(
        3, who.stream().filter(line -> line.startsWith("unknown")).count(), who.toString());
  }

  /** A class as it is; statements in a method that takes what the snippet says is given. */
  private static Source source(String snippet, int number) {
    Matcher type = TYPE.matcher(snippet);
    if (type.find()) {
      return new Source(type.group(1), snippet);
    }
    StringBuilder imports = new StringBuilder();
    IMPORT.matcher(snippet).results().forEach(line -> imports.append(line.group()));
    Matcher given = GIVEN.matcher(snippet);
    String parameters = given.find() ? given.group(1) : "";
    String body = IMPORT.matcher(snippet).replaceAll("");
    String name = "Snippet" + number;
    return new Source(
        name,
        imports
            + ("class " + name + " { static Object run(" + parameters + ") throws Exception {\n")
            + body
            + (body.contains("return ") ? "" : "return null;\n")
            + "} }");
  }
}
