package io.facepipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of photos as people have them. */
class FoldersTest {
  @TempDir Path root;
  private Path people;

  @BeforeEach
  void twoPeople() throws IOException {
    people = root.resolve("people");
    for (String person : List.of("ada", "bao")) {
      Path folder = Files.createDirectories(people.resolve(person));
      for (int i = 1; i <= 2; i++) {
        Path photo = SharedData.album("people/" + person + "/" + person + "_" + i + ".jpg");
        Files.copy(photo, folder.resolve(i + ".jpg"));
      }
    }
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(f -> folder.relativize(f).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  @Test
  void alignKeepsFolders() throws IOException {
    String record = ".facepipeline-align";
    List<String> kept = List.of(record, "ada/1_0.png", "ada/2_0.png", "bao/1_0.png", "bao/2_0.png");
    Path one = root.resolve("one");
    assertEquals(0, CommandRun.of("align", "--out", one, people).exitCode());
    assertEquals(kept, files(one));

    Path two = root.resolve("two");
    CommandRun.of("align", "--out", two, people.resolve("ada"), people.resolve("bao"));
    assertEquals(kept, files(two));

    Path three = root.resolve("three");
    Path photo = people.resolve("ada/1.jpg");
    CommandRun.of("align", "--out", three, photo, people.resolve("bao"), photo);
    assertEquals(
        List.of(record, "ada/1-2_0.png", "ada/1_0.png", "bao/1_0.png", "bao/2_0.png"),
        files(three));

    Path four = root.resolve("four");
    CommandRun.of("align", "--out", four, people.resolve("ada"));
    assertEquals(List.of(record, "1_0.png", "2_0.png"), files(four));
  }

  @Test
  void whatIsLeftOutIsToldAndWhatCannotBeReadFails() throws IOException {
    Files.writeString(people.resolve("ada/notes.txt"), "no photo");
    Files.copy(people.resolve("ada/1.jpg"), people.resolve("ada/._1.jpg"));
    Path system = Files.createDirectories(people.resolve("@eaDir/1.jpg"));
    Files.copy(people.resolve("ada/1.jpg"), system.resolve("thumb.jpg"));
    Files.copy(people.resolve("ada/1.jpg"), people.resolve("ada/photo"));
    Path json = root.resolve("out.json");

    CommandRun run = CommandRun.of("detect", "--json", json, people);

    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.err().contains("ada/notes.txt: it is not a picture"), run.err());
    assertTrue(run.err().contains("hidden or belongs to the system (and 1 more such"), run.err());
    String found = Files.readString(json);
    assertTrue(found.contains("ada/photo\""), found);
    assertFalse(found.contains("thumb.jpg") || found.contains("._1"), found);

    Files.createSymbolicLink(people.resolve("ada/9.jpg"), people.resolve("gone.jpg"));
    Files.write(
        people.resolve("bao/7.HEIC"),
        "\0\0\0\u0018ftypheic and so on".getBytes(StandardCharsets.ISO_8859_1));
    Files.createSymbolicLink(people.resolve("linked"), people.resolve("bao"));
    run = CommandRun.of("detect", "--json", json, people);
    assertEquals(1, run.exitCode(), run.err());
    assertTrue(run.err().contains("9.jpg: it is a link to nothing"), run.err());
    assertTrue(run.err().contains("7.HEIC"), run.err());
    assertTrue(run.err().contains("linked: it is the same folder as"), run.err());
  }

  @Test
  void aLinkedPersonIsAPerson() throws IOException {
    Path elsewhere = root.resolve("elsewhere");
    Files.move(people.resolve("bao"), elsewhere);
    Files.createSymbolicLink(people.resolve("bao"), elsewhere);
    Files.createDirectories(people.resolve(".thumbnails/ada"));
    Files.copy(people.resolve("ada/1.jpg"), people.resolve(".thumbnails/1.jpg"));
    CommandRun run =
        CommandRun.of(
            "identify",
            "--people",
            people,
            "--json",
            root.resolve("who.json"),
            SharedData.album("people/bao/bao_3.jpg"));
    assertEquals(0, run.exitCode(), run.err());
    String who = Files.readString(root.resolve("who.json"));
    assertTrue(who.replace(" ", "").contains("\"label\":\"bao\""), who);
    assertFalse(run.out().contains(".thumbnails"), run.out());
  }

  @Test
  void lettersThatWereLostOnTheWayAreNoLabel() {
    CommandRun run =
        CommandRun.of(
            "gallery", "add", "--gallery", root.resolve("g"), "--label", "Zo\uFFFD\uFFFD", people);
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("LC_ALL"), run.err());
    assertFalse(Files.exists(root.resolve("g")));
  }
}
