package io.facepipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The links between the pages of the documentation lead somewhere. */
class LinksTest {
  private static final Path ROOT =
      Path.of(System.getProperty("facepipeline.root", "..")).toAbsolutePath().normalize();
  private static final Pattern FENCED =
      Pattern.compile("^```.*?^```", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern INLINE_CODE = Pattern.compile("`[^`\n]*`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");
  private static final Pattern HEADING = Pattern.compile("^#{1,6} +(.*?)\\s*$", Pattern.MULTILINE);
  private static final Pattern NOT_IN_ANCHOR = Pattern.compile("[^\\p{L}\\p{N}_\\- ]");

  @Test
  void noLinkIsDead() throws IOException {
    List<String> dead = new ArrayList<>();
    int links = 0;
    for (Path page : pages()) {
      for (String target : links(page)) {
        links++;
        int hash = target.indexOf('#');
        String file = hash < 0 ? target : target.substring(0, hash);
        Path path = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        if (!Files.exists(path)) {
          dead.add(ROOT.relativize(page) + ": no file for " + target);
        } else if (hash >= 0 && !anchors(path).contains(target.substring(hash + 1))) {
          dead.add(ROOT.relativize(page) + ": no heading for " + target);
        }
      }
    }
    assertEquals(List.of(), dead);
    assertTrue(links >= 50, links + " links");
  }

  @Test
  void theIndexLeadsToEveryPage() throws IOException {
    Path docs = ROOT.resolve("docs");
    Set<Path> linked = new HashSet<>();
    for (String target : links(docs.resolve("README.md"))) {
      linked.add(docs.resolve(target).normalize());
    }
    try (Stream<Path> files = Files.list(docs)) {
      List<Path> missing =
          files
              .filter(file -> file.toString().endsWith(".md"))
              .filter(file -> !file.endsWith("README.md"))
              .filter(file -> !linked.contains(file))
              .sorted()
              .toList();
      assertEquals(List.of(), missing);
    }
  }

  @Test
  void anchorsAreThoseOfTheHeadings() {
    assertEquals(
        Set.of("what-was-checked", "finding-faces-1-to-3", "a-fitlenient", "notes", "notes-1"),
        anchors(
            """
            # What was checked?
            ## Finding faces, 1 to 3
            ### A `fit`/lenient
            ## Notes
            ## Notes
            ```
            # no heading
            ```
            """));
    assertFalse(anchors("text\n").contains("text"));
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (Path folder : folders()) {
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
      }
    }
    return pages;
  }

  /** The root, the documentation and the modules: their own pages lie at their top. */
  private static List<Path> folders() throws IOException {
    try (Stream<Path> files = Files.list(ROOT)) {
      return Stream.concat(
              Stream.of(ROOT),
              files
                  .filter(Files::isDirectory)
                  .filter(f -> !f.getFileName().toString().equals(".git")))
          .sorted()
          .toList();
    }
  }

  /** The relative targets of a page's links and pictures. */
  private static List<String> links(Path page) throws IOException {
    String text = FENCED.matcher(Files.readString(page)).replaceAll("");
    Matcher link = LINK.matcher(INLINE_CODE.matcher(text).replaceAll("code"));
    return link.results()
        .map(found -> found.group(1))
        .filter(target -> !ELSEWHERE.matcher(target).matches())
        .collect(Collectors.toList());
  }

  private static Set<String> anchors(Path page) throws IOException {
    return page.toString().endsWith(".md") ? anchors(Files.readString(page)) : Set.of();
  }

  /** Anchors as GitHub derives them from headings: a repeated one gets a number. */
  private static Set<String> anchors(String markdown) {
    Map<String, Integer> seen = new HashMap<>();
    Set<String> anchors = new HashSet<>();
    HEADING
        .matcher(FENCED.matcher(markdown).replaceAll(""))
        .results()
        .map(heading -> NOT_IN_ANCHOR.matcher(heading.group(1)).replaceAll(""))
        .map(heading -> heading.toLowerCase(Locale.ROOT).replace(' ', '-'))
        .forEach(
            anchor -> {
              int before = seen.merge(anchor, 1, Integer::sum) - 1;
              anchors.add(before == 0 ? anchor : anchor + "-" + before);
            });
    return anchors;
  }
}
