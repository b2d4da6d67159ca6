package io.facepipeline.cli.people;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.Box;
import io.facepipeline.Image;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.cli.Truth;
import io.facepipeline.cli.stages.ModelStages;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public final class AlbumIdentifyTest {
  private static final int WRONG_USAGE = 2;
  private static final int FAILED_INPUTS = 1;
  private static final int ALBUM_FACES = 20;
  private static final String ALBUM = SharedData.album("").toString();

  @TempDir Path folder;

  @Test
  void withoutPhotosTheAlbumIsIdentifiedAndAnnotated() throws IOException {
    Path json = folder.resolve("album.json");
    Path pictures = folder.resolve("pictures");

    CommandRun run = CommandRun.of("identify", "--json", json, "--annotate", pictures);

    assertEquals(0, run.exitCode(), run.err());
    try (Stream<Path> files = Files.list(pictures)) {
      List<Path> pngs = files.sorted().toList();
      assertEquals(6, pngs.size());
      for (Path png : pngs) {
        String photo = "groups/" + String.valueOf(png.getFileName()).replace(".png", ".jpg");
        Image original = Image.read(SharedData.album(photo));
        Image annotated = Image.read(png);
        assertEquals(original.width(), annotated.width(), photo);
        assertEquals(original.height(), annotated.height(), photo);
      }
    }
    assertTrue(run.out().contains("6 photos, 20 faces: 16 named, 4 unknown"), run.out());
    assertTrue(run.out().contains("annotated photos are in " + pictures), run.out());
    assertNamedRight(json);
  }

  /** With the thresholds of the card, and nothing that is not inside the program. */
  @Test
  void theDefaultsNameEveryoneInTheAlbumRight() throws IOException {
    Path json = folder.resolve("album.json");

    CommandRun run =
        CommandRun.with(
            new ModelStages(),
            "identify",
            "--offline",
            "--json",
            json,
            "--annotate",
            folder.resolve("pictures"));

    assertEquals(0, run.exitCode(), run.err());
    assertNamedRight(json);
  }

  @Test
  void publishedModelsNameEveryoneInTheAlbumRight() throws IOException {
    Path models = SharedData.path("models");
    Path json = folder.resolve("album.json");

    CommandRun run =
        CommandRun.with(
            new ModelStages(),
            "identify",
            "--models",
            models,
            "--detector",
            "mtcnn",
            "--embedder",
            "mobilefacenet-foamliu",
            "--json",
            json,
            "--annotate",
            folder.resolve("pictures"));

    assertEquals(0, run.exitCode(), run.err());
    assertNamedRight(json);
  }

  @Test
  void peopleAreTheFoldersOfPhotos() throws IOException {
    Path people = Files.createDirectories(folder.resolve("people"));
    Path eve = Files.createDirectories(people.resolve("eve"));
    Files.createDirectories(people.resolve("empty"));
    Files.copy(SharedData.album("people/ada/ada_1.jpg"), eve.resolve("1.jpg"));
    Files.writeString(people.resolve("notes.txt"), "no person");

    CommandRun run =
        CommandRun.of("identify", "--people", people, SharedData.album("people/ada/ada_3.jpg"));

    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("1 photo, 1 face: 1 named, 0 unknown"), run.out());
    assertTrue(run.out().contains("eve"), run.out());
  }

  @Test
  void aPortraitWithoutAFaceIsNamedAndTheOthersAreEnrolled() throws IOException {
    Path ada = Files.createDirectories(folder.resolve("people/ada"));
    Files.copy(SharedData.album("people/ada/ada_1.jpg"), ada.resolve("good.jpg"));
    Files.copy(SharedData.album("groups/nobody.jpg"), ada.resolve("nobody.jpg"));

    CommandRun run =
        CommandRun.of(
            "identify",
            "--people",
            folder.resolve("people"),
            SharedData.album("people/ada/ada_3.jpg"));

    assertEquals(FAILED_INPUTS, run.exitCode());
    assertTrue(run.err().contains(ada.resolve("nobody.jpg") + ": not enrolled"), run.err());
    assertTrue(run.out().contains("1 named"), run.out());
  }

  @Test
  void aFolderOfPeopleThatIsNoneIsWrongUsage() throws IOException {
    Path absent = folder.resolve("absent");
    Path file = Files.writeString(folder.resolve("people.txt"), "ada");
    Path empty = Files.createDirectories(folder.resolve("empty"));
    for (Path wrong : List.of(absent, file, empty)) {
      CommandRun run =
          CommandRun.of("identify", "--people", wrong, SharedData.album("groups/group_1.jpg"));

      assertEquals(WRONG_USAGE, run.exitCode());
      assertTrue(run.err().contains(wrong.toString()), run.err());
    }
  }

  /** Every face of the album found once and named as its truth says, and nothing else found. */
  public static void assertNamedRight(Path json) throws IOException {
    JsonArray photos = JsonParser.parseString(Files.readString(json)).getAsJsonArray();
    Set<Truth.Shown> found = new HashSet<>();
    int faces = 0;
    assertEquals(6, photos.size());
    for (JsonElement photo : photos) {
      String name = photo.getAsJsonObject().get("image").getAsString();
      assertTrue(photo.getAsJsonObject().get("error").isJsonNull(), name);
      // The album inside the jar names its photos by their paths in it, files by theirs.
      String path = name.startsWith(ALBUM) ? name.substring(ALBUM.length() + 1) : name;
      List<Truth.Shown> truth = Truth.faces(path);
      for (JsonElement element : photo.getAsJsonObject().getAsJsonArray("faces")) {
        JsonObject face = element.getAsJsonObject();
        JsonArray box = face.getAsJsonArray("box");
        Truth.Shown shown = shown(truth, box);
        String label = face.get("label").isJsonNull() ? null : face.get("label").getAsString();
        assertEquals(shown.isStranger() ? null : shown.person(), label, name + " at " + box);
        found.add(shown);
        faces++;
      }
    }
    assertEquals(ALBUM_FACES, faces);
    assertEquals(ALBUM_FACES, found.size(), "a face was found twice and another not at all");
  }

  /** The face of the truth that a found box is of. */
  static Truth.Shown shown(List<Truth.Shown> truth, JsonArray edges) {
    Box box =
        new Box(
            edges.get(0).getAsFloat(),
            edges.get(1).getAsFloat(),
            edges.get(2).getAsFloat(),
            edges.get(3).getAsFloat());
    Truth.Shown shown =
        truth.stream()
            .max(Comparator.comparing(s -> s.face().box().intersectionOverUnion(box)))
            .orElseThrow(() -> new AssertionError("a face at " + box + " where there is none"));
    assertTrue(shown.face().box().intersectionOverUnion(box) > 0.3f, "no face is at " + box);
    return shown;
  }
}
