package io.facepipeline.cli.people;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.Image;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.cli.Truth;
import io.facepipeline.cli.stages.ModelStages;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClusterCommandTest {
  private static final int WRONG_USAGE = 2;
  private static final Path PEOPLE = SharedData.album("people");
  private static final Path GROUPS = SharedData.album("groups");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"album", "average", "whispers", "dbscan"})
  void sortsPhotosIntoFoldersAndShowsThemOnASheet(String method) throws IOException {
    Path out = folder.resolve("sorted");
    Path json = folder.resolve("faces.json");

    CommandRun run =
        CommandRun.of("cluster", "--method", method, "--out", out, "--json", json, PEOPLE, GROUPS);

    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("38 photos, 52 faces"), run.out());
    Map<String, Set<String>> photos = assertPure(json);
    for (Map.Entry<String, Set<String>> person : photos.entrySet()) {
      try (Stream<Path> files = Files.list(out.resolve(person.getKey()))) {
        Set<String> names = new TreeSet<>();
        files.forEach(file -> names.add(file.getFileName().toString()));
        assertEquals(person.getValue(), names);
      }
    }
    Image sheet = Image.read(out.resolve("contact-sheet-1.png"));
    assertTrue(sheet.height() > 8 * 96 && sheet.width() > 6 * 96, sheet.toString());
  }

  /** With the thresholds of the models' cards, which were measured on other people. */
  @ParameterizedTest
  @ValueSource(strings = {"album", "average", "whispers"})
  void publishedModelsPutEveryPersonOfTheAlbumIntoOneCluster(String method) throws IOException {
    Path models = SharedData.path("models");
    Path json = folder.resolve("faces.json");

    CommandRun run =
        CommandRun.with(
            new ModelStages(),
            "cluster",
            "--models",
            models,
            "--detector",
            "mtcnn",
            "--embedder",
            "mobilefacenet-foamliu",
            "--method",
            method,
            "--place",
            "none",
            "--out",
            folder.resolve("sorted"),
            "--json",
            json,
            PEOPLE,
            GROUPS);

    assertEquals(0, run.exitCode(), run.err());
    assertPure(json);
  }

  @Test
  void theAgreementWithFoldersIsPrintedOnDemand() {
    CommandRun run =
        CommandRun.of(
            "cluster", "--truth", "--place", "none", "--out", folder.resolve("sorted"), PEOPLE);

    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("precision 1.0000, recall 1.0000, F1 1.0000"), run.out());
  }

  private CommandRun album(String out, Object... more) {
    List<Object> line =
        new ArrayList<>(
            List.of(
                "cluster",
                "--place",
                "none",
                "--album",
                folder.resolve("album.json"),
                "--out",
                folder.resolve(out),
                "--json",
                folder.resolve("faces.json")));
    line.addAll(List.of(more));
    CommandRun run = CommandRun.of(line.toArray());
    assertEquals(0, run.exitCode(), run.err());
    return run;
  }

  /** The cluster of a portrait. */
  private String of(String photo) throws IOException {
    for (JsonElement element :
        JsonParser.parseString(Files.readString(folder.resolve("faces.json"))).getAsJsonArray()) {
      JsonObject found = element.getAsJsonObject();
      if (found.get("image").getAsString().endsWith(photo)) {
        return found.getAsJsonArray("faces").get(0).getAsJsonObject().get("label").getAsString();
      }
    }
    throw new AssertionError(photo);
  }

  @Test
  void peopleKeepTheirNumbersAndCorrectionsSurvive() throws IOException {
    album("first", PEOPLE.resolve("hana"), PEOPLE.resolve("goro"));
    assertEquals("person_001", of("hana_1.jpg"));
    assertEquals("person_002", of("goro_1.jpg"));
    // The others come first now.
    album("second", PEOPLE, GROUPS);
    assertPure(folder.resolve("faces.json"));
    assertEquals("person_001", of("hana_1.jpg"));
    assertEquals("person_002", of("goro_4.jpg"));

    Path wrong = PEOPLE.resolve("hana/hana_2.jpg");
    album("third", "--split", "1:" + wrong, "--merge", "2,3", "--name", "1:Hana", PEOPLE, GROUPS);
    String merged = of("goro_1.jpg");
    String split = of("hana_2.jpg");
    assertEquals("person_002", merged);
    assertEquals("Hana", of("hana_1.jpg"));
    assertTrue(split.startsWith("person_"), split);

    CommandRun last = album("fourth", GROUPS, PEOPLE);
    assertEquals("Hana", of("hana_1.jpg"));
    assertEquals(split, of("hana_2.jpg"));
    assertEquals(merged, of("goro_1.jpg"));
    long together = last.out().lines().filter(line -> line.startsWith(merged + ":")).count();
    assertEquals(1, together, last.out());
  }

  @Test
  void copiesOfAPhotoAreNamed() throws IOException {
    Path photos = Files.createDirectories(folder.resolve("photos"));
    Files.copy(PEOPLE.resolve("ada/ada_1.jpg"), photos.resolve("a.jpg"));
    Files.copy(PEOPLE.resolve("ada/ada_1.jpg"), photos.resolve("copy.jpg"));
    Files.copy(PEOPLE.resolve("bao/bao_1.jpg"), photos.resolve("other.jpg"));
    CommandRun run = CommandRun.of("cluster", "--out", folder.resolve("sorted"), photos);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(
        run.out()
            .contains(
                "the same picture: " + photos.resolve("a.jpg") + ", " + photos.resolve("copy.jpg")),
        run.out());
    assertEquals(1, run.out().lines().filter(line -> line.contains("same picture")).count());
  }

  @Test
  void correctionsThatCannotBeAreWrongUsage() throws IOException {
    Path file = folder.resolve("album.json");
    album("first", PEOPLE.resolve("hana"));
    String before = Files.readString(file);
    for (List<String> wrong :
        List.of(
            List.of("--merge", "1,2"),
            List.of("--merge", "1"),
            List.of("--merge", "1,x"),
            List.of("--split", "1:nowhere.jpg"),
            List.of("--split", "x:nowhere.jpg"),
            List.of("--name", "7:ada"),
            List.of("--name", "1:" + "a".repeat(256)),
            List.of("--method", "average"))) {
      CommandRun run =
          CommandRun.of(
              "cluster",
              "--album",
              file,
              wrong.get(0),
              wrong.get(1),
              "--out",
              folder.resolve("new"),
              PEOPLE);
      assertEquals(WRONG_USAGE, run.exitCode(), wrong.toString());
      assertFalse(run.err().contains("input string"), run.err());
      assertFalse(Files.exists(folder.resolve("new")), "refused before a photo is read");
    }
    CommandRun none = CommandRun.of("cluster", "--merge", "1,2", "--out", folder, PEOPLE);
    assertEquals(WRONG_USAGE, none.exitCode());
    assertEquals(before, Files.readString(file));
    for (String broken : List.of("[]", "{}", "{\"people\": 3}", "nonsense", "")) {
      Files.writeString(file, broken);
      CommandRun run =
          CommandRun.of("cluster", "--album", file, "--out", folder.resolve("new"), PEOPLE);
      assertEquals(WRONG_USAGE, run.exitCode(), broken);
      assertTrue(run.err().contains("album.json"), run.err());
      assertEquals(broken, Files.readString(file));
    }
  }

  @Test
  void linksLeadToThePhotos() throws IOException {
    Path out = folder.resolve("sorted");

    CommandRun run =
        CommandRun.of("cluster", "--place", "link", "--out", out, PEOPLE.resolve("ada"));

    assertEquals(0, run.exitCode(), run.err());
    Path link = out.resolve("person_001/ada_1.jpg");
    assertTrue(Files.isSymbolicLink(link));
    assertEquals(-1, Files.mismatch(PEOPLE.resolve("ada/ada_1.jpg"), link));
  }

  @Test
  void aFolderWithFilesInItIsNotWrittenInto() throws IOException {
    Files.writeString(folder.resolve("mine.txt"), "mine");

    CommandRun run = CommandRun.of("cluster", "--out", folder, PEOPLE);

    assertEquals(WRONG_USAGE, run.exitCode());
    assertTrue(run.err().contains(folder.toString()), run.err());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void photosOfNobodyMakeNoSheet() throws IOException {
    Path out = folder.resolve("sorted");

    CommandRun run = CommandRun.of("cluster", "--out", out, GROUPS.resolve("nobody.jpg"));

    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("1 photo, 0 faces: 0 people"), run.out());
    try (Stream<Path> files = Files.list(out)) {
      assertEquals(0, files.count());
    }
  }

  /**
   * Every cluster holds one person and every person is in one cluster.
   *
   * @return the names of the photos of each cluster
   */
  private static Map<String, Set<String>> assertPure(Path json) throws IOException {
    Map<String, String> personOfCluster = new HashMap<>();
    Map<String, String> clusterOfPerson = new HashMap<>();
    Map<String, Set<String>> photos = new HashMap<>();
    int faces = 0;
    for (JsonElement element : JsonParser.parseString(Files.readString(json)).getAsJsonArray()) {
      JsonObject photo = element.getAsJsonObject();
      Path file = Path.of(photo.get("image").getAsString());
      Set<Truth.Shown> seen = new HashSet<>();
      for (JsonElement f : photo.getAsJsonArray("faces")) {
        JsonObject face = f.getAsJsonObject();
        Truth.Shown shown =
            AlbumIdentifyTest.shown(
                Truth.faces(SharedData.album("").relativize(file).toString()),
                face.getAsJsonArray("box"));
        assertTrue(seen.add(shown), file + " shows " + shown + " twice");
        String cluster = face.get("label").getAsString();
        assertEquals(
            shown.person(), personOfCluster.getOrDefault(cluster, shown.person()), cluster);
        assertEquals(
            cluster, clusterOfPerson.getOrDefault(shown.person(), cluster), shown.person());
        personOfCluster.put(cluster, shown.person());
        clusterOfPerson.put(shown.person(), cluster);
        photos.computeIfAbsent(cluster, c -> new TreeSet<>()).add(file.getFileName().toString());
        faces++;
      }
    }
    assertEquals(52, faces);
    return photos;
  }
}
