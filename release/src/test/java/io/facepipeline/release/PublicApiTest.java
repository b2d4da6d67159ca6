package io.facepipeline.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PublicApiTest {
  /** How many types the published modules show to everybody, at most; make it smaller. */
  private static final int MOST_TYPES = 191;

  private final Path root = Path.of(System.getProperty("facepipeline.root", ".."));
  private final List<PublicModule> modules = PublicModule.all(PublicApiTest.class.getClassLoader());

  @Test
  void theApiIsTheReviewedOne() throws IOException {
    List<String> changes = new ArrayList<>();
    for (PublicModule module : modules) {
      Path file = UpdateApi.file(root, module);
      changes.addAll(changes(module.folder(), UpdateApi.read(file), ApiText.of(module)));
    }
    assertTrue(
        changes.isEmpty(),
        () ->
            "the public API changed:\n"
                + String.join("\n", changes)
                + "\nif that is meant, write the files anew, and look at the difference:\n  "
                + UpdateApi.COMMAND);
  }

  @Test
  void everyPublishedModuleIsLookedAt() throws IOException {
    Set<String> published;
    try (Stream<Path> folders = Files.list(root)) {
      published =
          folders
              .filter(f -> Files.exists(f.resolve("api.txt")))
              .map(f -> f.getFileName().toString())
              .collect(Collectors.toCollection(TreeSet::new));
    }
    Set<String> seen =
        modules.stream().map(PublicModule::folder).collect(Collectors.toCollection(TreeSet::new));
    assertEquals(published, seen, "folders with an api.txt, and dependencies of this module");
  }

  @Test
  void theApiIsSmall() {
    int types = modules.stream().mapToInt(m -> m.types().size()).sum();
    assertTrue(
        types <= MOST_TYPES,
        () ->
            types
                + " public types, and "
                + MOST_TYPES
                + " are the most: "
                + modules.stream()
                    .map(m -> m.folder() + " " + m.types().size())
                    .collect(Collectors.joining(", "))
                + "; hide what no user needs");
  }

  @Test
  void onlyWhatACallerSeesIsPartOfTheText() {
    String core =
        modules.stream()
            .filter(m -> m.folder().equals("core"))
            .map(ApiText::of)
            .collect(Collectors.joining());
    assertTrue(core.contains("\npublic record Box(float x1, float y1, float x2, float y2)\n"));
    assertTrue(core.contains("\n  float intersectionOverUnion(Box)\n"));
    assertTrue(core.contains(" extends AutoCloseable\n"));
    assertTrue(!core.contains("\npackage io.facepipeline.internal\n"), "what is not exported");
    assertTrue(!core.contains("hashCode()"));
  }

  /** The lines that were taken away, with a minus, and those that came, with a plus. */
  private static List<String> changes(String folder, @Nullable String before, String now) {
    Set<String> old = lines(before == null ? "" : before);
    Set<String> present = lines(now);
    List<String> changes = new ArrayList<>();
    old.stream()
        .filter(line -> !present.contains(line))
        .forEach(line -> changes.add(folder + ": - " + line));
    present.stream()
        .filter(line -> !old.contains(line))
        .forEach(line -> changes.add(folder + ": + " + line));
    if (changes.isEmpty() && !now.equals(before)) {
      changes.add(folder + ": the order of its lines");
    }
    return changes;
  }

  /** Each line with the type that it belongs to. */
  private static Set<String> lines(String text) {
    Set<String> lines = new LinkedHashSet<>();
    String type = "";
    for (String line : text.split("\n", -1)) {
      if (line.startsWith("  ")) {
        lines.add(type + " { " + line.strip() + " }");
      } else if (!line.isBlank()) {
        type = line;
        lines.add(line);
      }
    }
    return lines;
  }
}
