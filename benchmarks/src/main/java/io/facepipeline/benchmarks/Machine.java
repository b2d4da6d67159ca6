package io.facepipeline.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a figure was measured on.
 *
 * @param processor its name, as it calls itself
 * @param cores how many the Java machine sees
 * @param instructions the ones that decide how fast networks run
 * @param java the Java version
 */
record Machine(String processor, int cores, List<String> instructions, String java) {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final Set<String> OF_NOTE =
      Set.of(
          "avx2",
          "avx512f",
          "avx512_vnni",
          "avx_vnni",
          "avx512_bf16",
          "amx_int8",
          "asimddp",
          "i8mm");

  /** This machine. */
  static Machine here() {
    List<String> lines = lines();
    Set<String> instructions = new TreeSet<>(List.of(value(lines, "flags").split(" ")));
    instructions.addAll(List.of(value(lines, "Features").split(" ")));
    instructions.retainAll(OF_NOTE);
    String name = value(lines, "model name");
    String architecture = System.getProperty("os.arch");
    return new Machine(
        name.isEmpty() ? architecture : name + ", family " + value(lines, "cpu family"),
        Runtime.getRuntime().availableProcessors(),
        List.copyOf(instructions),
        System.getProperty("java.version"));
  }

  private static List<String> lines() {
    try {
      return Files.isReadable(CPU_INFO) ? Files.readAllLines(CPU_INFO) : List.of();
    } catch (IOException e) {
      return List.of(); // as where there is no such file
    }
  }

  private static String value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.split("\\s*:", 2)[0].equals(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("");
  }

  @Override
  public String toString() {
    return processor
        + ", "
        + cores
        + " cores, "
        + String.join(" ", instructions)
        + ", Java "
        + java;
  }
}
