package io.facepipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script that starts the program, with a small program in its place. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  @TempDir Path folder;
  private Path jar;
  private Path cache;

  /** Prints what it was given, a line each, and ends with 3 if the last argument is "fail". */
  static final class Echo {
    private Echo() {}

    public static void main(String[] args) {
      System.out.println("option " + System.getProperty("probe"));
      for (String arg : args) {
        System.out.println(arg);
      }
      System.exit(args.length > 0 && args[args.length - 1].equals("fail") ? 3 : 0);
    }
  }

  private record Ended(int code, List<String> out, String err) {}

  @BeforeEach
  void makeProgram() throws IOException {
    // JDK 17 maps no classes of a file whose path has a space.
    jar = folder.resolve("program.jar");
    cache = folder.resolve("the cache");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Echo.class.getName());
    String entry = Echo.class.getName().replace('.', '/') + ".class";
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest);
        InputStream code = Echo.class.getResourceAsStream("/" + entry)) {
      out.putNextEntry(new JarEntry(entry));
      code.transferTo(out);
    }
  }

  private Ended run(Map<String, String> variables, String... args)
      throws IOException, InterruptedException {
    Path script =
        Path.of(System.getProperty("facepipeline.root", "..")).resolve("cli/facepipeline");
    List<String> command = new ArrayList<>(List.of(script.toAbsolutePath().toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("FACEPIPELINE_JAR", jar.toString());
    builder.environment().put("FACEPIPELINE_CACHE", cache.toString());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().putAll(variables);
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    int code = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start().waitFor();
    return new Ended(code, Files.readAllLines(out), Files.readString(err));
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> files = Files.list(cache.resolve("startup"))) {
      return files.toList();
    }
  }

  @Test
  void keepsTheClassesOnceAndPassesEverythingOn() throws IOException, InterruptedException {
    Ended first = run(Map.of("JAVA_OPTS", "-Dprobe=yes"), "detect", "two words", "$HOME *");
    assertEquals(List.of("option yes", "detect", "two words", "$HOME *"), first.out());
    assertEquals(0, first.code());
    assertTrue(first.err().contains("starts sooner"), first.err());
    List<Path> kept = kept();
    assertEquals(1, kept.size(), kept::toString);
    assertTrue(kept.get(0).toString().endsWith(".jsa"), kept::toString);

    Ended second = run(Map.of(), "fail");
    assertEquals(3, second.code());
    assertEquals(List.of("option null", "fail"), second.out());
    assertEquals("", second.err());
    assertEquals(kept, kept());

    Ended mapped =
        run(Map.of("JAVA_OPTS", "-Xshare:on -Xlog:class+load:file=" + folder.resolve("log")));
    assertEquals(0, mapped.code(), mapped::toString);
    String loaded = Files.readString(folder.resolve("log"));
    assertTrue(
        loaded
            .lines()
            .anyMatch(
                l -> l.contains("LauncherTest$Echo") && l.contains("shared objects file (top)")),
        loaded);
  }

  @Test
  void anotherProgramGetsItsOwnClasses() throws IOException, InterruptedException {
    run(Map.of());
    List<Path> before = kept();
    Files.setLastModifiedTime(jar, FileTime.from(Instant.parse("2020-01-02T03:04:05Z")));
    assertEquals(0, run(Map.of()).code());
    assertEquals(1, kept().size(), () -> "an older program's classes are of no use");
    assertTrue(!kept().equals(before), before::toString);
  }

  @Test
  void runsWithoutACacheToo() throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("file"), "");
    Ended ended = run(Map.of("FACEPIPELINE_CACHE", file.toString()), "detect");
    assertEquals(List.of("option null", "detect"), ended.out());
    assertEquals("", ended.err());
    assertEquals(0, ended.code());
  }

  @Test
  void namesWhatIsMissing() throws IOException, InterruptedException {
    Ended program = run(Map.of("FACEPIPELINE_JAR", folder.resolve("none.jar").toString()));
    assertEquals(1, program.code());
    assertTrue(program.err().contains("none.jar; build it with mvn"), program.err());
    Ended java = run(Map.of("JAVA_HOME", folder.toString()));
    assertEquals(1, java.code());
    assertTrue(java.err().contains("set JAVA_HOME"), java.err());
  }
}
