package io.facepipeline.release;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The map in CONTRIBUTING.md names what is in the tree, and nothing else. */
class MapTest {
  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-z-]+)` \\|[^|]*\\|([^|]*)\\|$", Pattern.MULTILINE);
  private static final Pattern NAME = Pattern.compile("`([a-z.]+)`(?! *\\))");
  private static final String SOURCES = "src/main/java";

  private final Path root = Path.of(System.getProperty("facepipeline.root", ".."));

  @Test
  void itsPackagesAreThoseOfTheTree() throws IOException {
    Map<String, Set<String>> map = new TreeMap<>();
    ROW.matcher(Files.readString(root.resolve("CONTRIBUTING.md")))
        .results()
        .forEach(row -> map.put(row.group(1), named(row.group(2))));
    Map<String, Set<String>> tree = new TreeMap<>();
    for (String folder : folders()) {
      tree.put(folder, packages(folder));
    }
    tree.forEach((folder, packages) -> assertEquals(packages, map.get(folder), folder));
    assertEquals(tree.keySet(), map.keySet(), "folders with code");
  }

  /** What stands before the colon of each part, or in all of it. */
  private static Set<String> named(String column) {
    return Arrays.stream(column.split(";"))
        .map(part -> part.split(":", -1)[0])
        .flatMap(part -> NAME.matcher(part).results())
        .map((MatchResult name) -> name.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<String> folders() throws IOException {
    try (Stream<Path> all = Files.list(root)) {
      return all.filter(f -> Files.isDirectory(f.resolve("src")))
          .map(f -> f.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** Below the package of the module's name, except what only our own modules use. */
  private Set<String> packages(String folder) throws IOException {
    Path sources = root.resolve(folder).resolve(SOURCES);
    if (!Files.isDirectory(sources)) {
      return Set.of();
    }
    String base = folder.equals("core") ? "io.facepipeline" : "io.facepipeline." + folder;
    try (Stream<Path> all = Files.walk(sources)) {
      return all.filter(f -> f.toString().endsWith(".java") && !f.getParent().equals(sources))
          .map(f -> sources.relativize(f.getParent()).toString().replace('/', '.'))
          .filter(name -> !name.equals(base) && !name.endsWith(".internal"))
          .map(name -> name.replaceFirst("^" + Pattern.quote(base) + "\\.", ""))
          .map(name -> name.replaceFirst("^io\\.facepipeline\\.", ""))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
