package io.facepipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhotoFolderTest {
  private static final String PNG = "\u0089PNG\r\n\u001A\n and so on";

  @TempDir Path root;

  private Path file(String path, String content) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.write(file, content.getBytes(StandardCharsets.ISO_8859_1));
  }

  private Set<String> photos() {
    Set<String> names = new TreeSet<>();
    PhotoFolder.scan(root).photos().forEach(p -> names.add(name(p)));
    return names;
  }

  private Set<String> skipped(PhotoFolder.Reason reason) {
    Set<String> names = new TreeSet<>();
    for (PhotoFolder.Skipped skipped : PhotoFolder.scan(root).skipped()) {
      if (skipped.reason() == reason) {
        names.add(name(skipped.path()));
        assertTrue(skipped.toString().startsWith(skipped.path() + ": it "), skipped.toString());
      }
    }
    return names;
  }

  private String name(Path path) {
    return root.relativize(path).toString().replace('\\', '/');
  }

  @Test
  void contentDecidesAndSoDoesTheName() throws IOException {
    for (String name : List.of("a.PNG", "deep/er/b.jpeg", "no-suffix", "wrong.txt", "x.jpg.bak")) {
      file(name, PNG);
    }
    file("iphone.HEIC", "\0\0\0\u0018ftypheic and so on");
    file("iphone", "\0\0\0\u0018ftypheic and so on");
    file("broken.jpg", "no picture");
    file("empty.png", "");
    file("notes.txt", "no picture");
    file("BM.txt", "BMW is a car, and this a text");
    file("raw.CR2", "II*\0 and so on");
    file("drawing.psd", "8BPS and so on");
    file("empty", "");
    assertEquals(
        Set.of(
            "a.PNG",
            "broken.jpg",
            "deep/er/b.jpeg",
            "empty.png",
            "iphone",
            "iphone.HEIC",
            "no-suffix",
            "wrong.txt",
            "x.jpg.bak"),
        photos());
    assertEquals(
        Set.of("notes.txt", "BM.txt", "raw.CR2", "drawing.psd", "empty"),
        skipped(PhotoFolder.Reason.NOT_A_PHOTO));
  }

  @Test
  void hiddenAndSystemFilesAreLeftOut() throws IOException {
    file("ada/1.png", PNG);
    for (String hidden :
        List.of(
            "._1.png",
            ".hidden.png",
            ".thumbnails/1.png",
            "@eaDir/1.png/thumb.jpg",
            "Thumbs.db",
            "ada/@eaDir/1.png",
            "ada/._1.png",
            "__MACOSX/ada/1.png",
            "#recycle/1.png",
            "$RECYCLE.BIN/1.png",
            "lost+found/1.png",
            "desktop.ini",
            ".DS_Store")) {
      file(hidden, PNG);
    }
    assertEquals(Set.of("ada/1.png"), photos());
    assertEquals(Set.of("ada"), PhotoFolder.scan(root).people().keySet());
    assertEquals(
        Set.of(
            "._1.png",
            ".hidden.png",
            ".thumbnails",
            "@eaDir",
            "Thumbs.db",
            "ada/@eaDir",
            "ada/._1.png",
            "__MACOSX",
            "#recycle",
            "$RECYCLE.BIN",
            "lost+found",
            "desktop.ini",
            ".DS_Store"),
        skipped(PhotoFolder.Reason.HIDDEN));
    // What somebody names is meant.
    assertEquals(
        List.of(root.resolve(".thumbnails/1.png")),
        PhotoFolder.scan(root.resolve(".thumbnails")).photos());
  }

  @Test
  void linksAreFollowedAndLoopsEnd() throws IOException {
    Path outside = Files.createDirectories(root.resolveSibling(root.getFileName() + "-outside"));
    Files.writeString(outside.resolve("2.png"), "x");
    file("ada/1.png", PNG);
    link("bao", outside);
    link("ada/3.png", outside.resolve("2.png"));
    link("ada/around", root);
    link("ada/dead.jpg", outside.resolve("gone.jpg"));
    link("self", root.resolve("self"));
    link("aaa", root.resolve("ada"));
    for (int i = 0; i < 30; i++) {
      // Two ways down at every level: a billion paths.
      Path next = Files.createDirectories(root.resolve("many/level" + (i + 1)));
      link("many/level" + i + "/x", next);
      link("many/level" + i + "/y", next);
    }
    file("many/level30/deep.png", PNG);
    assertEquals(Set.of("ada/1.png", "ada/3.png", "bao/2.png", "many/level30/deep.png"), photos());
    assertEquals(Set.of("ada", "bao", "many"), PhotoFolder.scan(root).people().keySet());
    assertEquals(Set.of("ada/dead.jpg", "self"), skipped(PhotoFolder.Reason.UNREADABLE));
    assertTrue(skipped(PhotoFolder.Reason.REPEATED).containsAll(Set.of("ada/around", "aaa")));
  }

  private void link(String name, Path to) throws IOException {
    Path link = root.resolve(name);
    Files.createDirectories(link.getParent());
    try {
      Files.createSymbolicLink(link, to);
    } catch (UnsupportedOperationException e) {
      Assumptions.abort("no symbolic links here");
    }
  }

  @Test
  void aFolderThatIsNoneIsNamed() throws IOException {
    Path file = file("a.png", PNG);
    for (Path none : List.of(file, root.resolve("absent"))) {
      FacePipelineException e =
          assertThrows(FacePipelineException.class, () -> PhotoFolder.scan(none));
      assertTrue(e.getMessage().startsWith(none + " is not a folder"), e.getMessage());
    }
  }

  /** What a child prints of the people in a folder. */
  static final class Printer {
    private Printer() {}

    public static void main(String[] args) {
      try {
        Map<String, List<Path>> people = PhotoFolder.scan(Path.of(args[0])).people();
        people.forEach((label, photos) -> System.out.println(label.length() + " " + photos.size()));
      } catch (FacePipelineException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private String people(String locale) throws Exception {
    ProcessBuilder child =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Printer.class.getName(),
            root.toString());
    child.environment().put("LC_ALL", locale);
    Process process = child.redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(1, TimeUnit.MINUTES), out);
    return out.strip();
  }

  @Test
  void aNameThatTheLocaleCannotExpressIsRefusedAndTwoFormsOfOneAreOnePerson() throws Exception {
    Assumptions.assumeTrue(
        System.getProperty("os.name").equals("Linux")
            && "UTF-8".equals(System.getProperty("sun.jnu.encoding")),
        "needs Linux and a UTF-8 locale");
    file("ada/1.png", PNG);
    assertEquals("3 1", people("C"));
    file("Zo\u00eb/1.png", PNG);
    file("Zoe\u0308/2.png", PNG);
    file("Zo\u00e9/1.png", PNG);
    assertEquals(Set.of("3 1", "3 2"), people("C.UTF-8").lines().collect(Collectors.toSet()));
    String refused = people("C");
    assertTrue(refused.contains("LC_ALL"), refused);
  }
}
