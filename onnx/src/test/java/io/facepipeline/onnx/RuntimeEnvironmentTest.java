package io.facepipeline.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.internal.UserCache;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where ONNX Runtime's libraries come from, each time in a fresh process. */
@Timeout(120)
class RuntimeEnvironmentTest {
  @TempDir Path folder;

  private Path cache;
  private Path temporary;
  private Path start;

  @BeforeEach
  void folders() throws IOException {
    cache = folder.resolve("cache");
    temporary = Files.createDirectory(folder.resolve("temporary"));
    start = Files.createDirectory(folder.resolve("start"));
  }

  private Process start(String... properties) throws IOException {
    return start(LoadsRuntime.class, properties);
  }

  private Process start(Class<?> program, String... properties) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "-XX:-UsePerfData"));
    command.add("-Djava.io.tmpdir=" + temporary);
    command.add("-Duser.home=" + folder.resolve("home"));
    command.addAll(List.of(properties));
    command.add(program.getName());
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(start.toFile()).redirectErrorStream(true);
    builder.environment().remove(UserCache.VARIABLE);
    builder.environment().remove("XDG_CACHE_HOME");
    return builder.start();
  }

  private static String printed(Process process) throws Exception {
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), text);
    return text.strip();
  }

  private String run(String... properties) throws Exception {
    return printed(start(properties));
  }

  private String cacheProperty() {
    return "-D" + UserCache.PROPERTY + "=" + cache;
  }

  private static List<Path> filesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> !file.equals(folder)).sorted().toList();
    }
  }

  private List<Path> libraries() throws IOException {
    return filesIn(cache).stream()
        .filter(f -> Files.isRegularFile(f) && !f.toString().endsWith(".lock"))
        .toList();
  }

  @Test
  void whatTheRuntimeWouldSayOfAModelIsPrintedForThoseWhoAskAlone() throws Exception {
    assertEquals(RunsNoisyModel.DONE, printed(start(RunsNoisyModel.class, cacheProperty())));

    Path asked = folder.resolve("logging.properties");
    Files.writeString(asked, "io.facepipeline.onnx.runtime.level = FINE\n");
    String all =
        printed(
            start(
                RunsNoisyModel.class, cacheProperty(), "-Djava.util.logging.config.file=" + asked));
    assertTrue(all.contains("does not match actual shape"), all);
    assertTrue(all.lines().count() > 1, all);
  }

  @Test
  void theLibrariesAreUnpackedOnceAndMendedWhereTheyWereDamaged() throws Exception {
    assertEquals(LoadsRuntime.LOADED, run(cacheProperty()));
    List<Path> unpacked = libraries();
    assertTrue(unpacked.size() >= 2, unpacked.toString());
    Path library = unpacked.get(0);
    byte[] sound = Files.readAllBytes(library);
    Object first = Files.getAttribute(library, "lastModifiedTime");
    assertEquals(LoadsRuntime.LOADED, run(cacheProperty()));
    assertEquals(first, Files.getAttribute(library, "lastModifiedTime"));

    // One byte changed, cut off, and what a process left that was killed while it unpacked.
    byte[] changed = sound.clone();
    changed[changed.length / 2] ^= 1;
    for (byte[] damaged : List.of(changed, new byte[10])) {
      Files.write(library, damaged);
      String part = "." + library.getFileName() + "." + UUID.randomUUID() + ".part";
      Files.write(library.resolveSibling(part), new byte[3]);
      assertEquals(LoadsRuntime.LOADED, run(cacheProperty()));
      assertArrayEquals(sound, Files.readAllBytes(library));
      assertEquals(unpacked, libraries());
    }
    assertEquals(List.of(), filesIn(temporary));
    assertEquals(List.of(), filesIn(start));
  }

  @Test
  void manyProcessesUnpackAtOnce() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      processes.add(start(cacheProperty()));
    }
    for (Process process : processes) {
      assertEquals(LoadsRuntime.LOADED, printed(process));
    }
    assertTrue(libraries().stream().noneMatch(f -> f.toString().endsWith(".part")));
    assertEquals(List.of(), filesIn(temporary));
  }

  /** The temporary folder serves then, and is empty again as soon as the libraries are loaded. */
  @Test
  void aCacheThatCannotBeUsedIsNoObstacle() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    assertEquals(LoadsRuntime.LOADED, run("-D" + UserCache.PROPERTY + "=" + file));
    for (String home : List.of("?", "", "relative")) {
      assertEquals(LoadsRuntime.LOADED, run("-Duser.home=" + home));
    }
    assertEquals(List.of(), filesIn(temporary));
    assertEquals(List.of(), filesIn(start), "nothing is written where nobody asked");
  }

  @Test
  void aFolderThatOthersCanWriteIsNotTrusted() throws Exception {
    assertEquals(LoadsRuntime.LOADED, run(cacheProperty()));
    Path library = libraries().get(0);
    if (!library.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    Files.setPosixFilePermissions(
        library.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.write(library, new byte[10]);
    assertEquals(LoadsRuntime.LOADED, run(cacheProperty()));
    assertEquals(10, Files.size(library), "neither read nor written");
  }

  @Test
  void aTemporaryFolderThatIsMissingIsNamed() throws Exception {
    Path missing = folder.resolve("missing");
    String printed = run(cacheProperty(), "-Djava.io.tmpdir=" + missing);
    for (String part :
        List.of("InferenceException", missing.toString(), "does not exist", "-Djava.io.tmpdir")) {
      assertTrue(printed.contains(part), printed);
    }
  }

  /** As on a system whose C library is another one, or where the folder forbids execution. */
  @Test
  void whatCannotBeLoadedIsNamedAndStaysSo() throws Exception {
    Path broken = Files.createDirectory(folder.resolve("broken"));
    Files.write(broken.resolve(System.mapLibraryName("onnxruntime")), new byte[100]);
    String printed = run("-Donnxruntime.native.path=" + broken);
    assertEquals(2, printed.lines().filter(l -> l.contains("InferenceException")).count(), printed);
    assertTrue(printed.contains(broken.toString()), printed);
  }
}
