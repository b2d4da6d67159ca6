package io.facepipeline.cli.photos;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.Face;
import io.facepipeline.Image;
import io.facepipeline.cli.AlbumStages;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.cli.Truth;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PhotoCommandsTest {
  private static final int FAILED_INPUTS = 1;
  private static final Path GROUP = SharedData.album("groups/group_1.jpg");
  private static final Path NOBODY = SharedData.album("groups/nobody.jpg");
  private static final Path ADA = SharedData.album("people/ada/ada_1.jpg");
  private static final Path ADA_AGAIN = SharedData.album("people/ada/ada_2.jpg");
  private static final Path BAO = SharedData.album("people/bao/bao_1.jpg");

  private static final Set<String> PHOTO_KEYS =
      Set.of("image", "width", "height", "millis", "millisBest", "faces", "error");

  @TempDir Path folder;
  private Path json;

  @BeforeEach
  void nameTheReport() {
    json = folder.resolve("new/report.json");
  }

  @Test
  void detectWritesTheFacesOfEachPhoto() throws IOException {
    CommandRun run = CommandRun.of("detect", "--json", json, "--repeat", 3, GROUP, NOBODY);

    assertEquals(0, run.exitCode(), run.err());
    JsonArray photos = read(json).getAsJsonArray();
    assertEquals(2, photos.size());
    JsonObject group = photos.get(0).getAsJsonObject();
    assertEquals(PHOTO_KEYS, group.keySet());
    assertEquals(GROUP.toString(), group.get("image").getAsString());
    assertEquals(1280, group.get("width").getAsInt());
    assertEquals(720, group.get("height").getAsInt());
    assertTrue(group.get("millisBest").getAsDouble() <= group.get("millis").getAsDouble());
    assertTrue(group.get("error").isJsonNull());
    assertFaces(group, Set.of("box", "score", "landmarks"));
    JsonObject nobody = photos.get(1).getAsJsonObject();
    assertTrue(nobody.getAsJsonArray("faces").isEmpty());
    assertTrue(nobody.get("error").isJsonNull());
    assertTrue(run.out().contains(GROUP + ": 4 faces"), run.out());
    assertTrue(run.out().contains(NOBODY + ": 0 faces"), run.out());
  }

  @Test
  void embedWritesTheVectorsAndTheirModel() throws IOException {
    CommandRun run = CommandRun.of("embed", "--json", json, GROUP);

    assertEquals(0, run.exitCode(), run.err());
    JsonObject group = read(json).getAsJsonArray().get(0).getAsJsonObject();
    assertEquals(PHOTO_KEYS, group.keySet());
    assertFaces(group, Set.of("box", "score", "landmarks", "embedding", "model"));
    JsonObject face = group.getAsJsonArray("faces").get(0).getAsJsonObject();
    assertTrue(face.get("model").getAsString().startsWith("by-heart@0123456789ab:"));
    assertEquals(AlbumStages.EMBEDDING_SIZE, face.getAsJsonArray("embedding").size());
  }

  @Test
  void identifyWritesNamesAndNullForStrangers() throws IOException {
    CommandRun run = CommandRun.of("identify", "--json", json, GROUP);

    assertEquals(0, run.exitCode(), run.err());
    JsonObject group = read(json).getAsJsonArray().get(0).getAsJsonObject();
    assertEquals(PHOTO_KEYS, group.keySet());
    assertFaces(group, Set.of("box", "score", "landmarks", "label", "similarity"));
    List<Truth.Shown> shown = Truth.faces("groups/group_1.jpg");
    for (int i = 0; i < shown.size(); i++) {
      JsonObject face = group.getAsJsonArray("faces").get(i).getAsJsonObject();
      assertEquals(
          shown.get(i).isStranger(), face.get("label").isJsonNull(), shown.get(i).person());
      if (!shown.get(i).isStranger()) {
        assertEquals(shown.get(i).person(), face.get("label").getAsString());
        assertTrue(face.get("similarity").getAsFloat() > AlbumStages.THRESHOLD);
      }
    }
  }

  @Test
  void verifyWritesTheVerdict() throws IOException {
    assertEquals(0, CommandRun.of("verify", "--json", json, ADA, ADA_AGAIN).exitCode());
    JsonObject same = read(json).getAsJsonObject();
    assertEquals(
        Set.of("same", "similarity", "threshold", "farAtThreshold", "first", "second"),
        same.keySet());
    assertEquals(4, same.getAsJsonObject("first").getAsJsonArray("box").size());
    assertTrue(same.get("same").getAsBoolean());
    assertTrue(same.get("similarity").getAsFloat() > 0.9f);
    assertEquals(AlbumStages.THRESHOLD, same.get("threshold").getAsFloat());
    assertEquals(0.001, same.get("farAtThreshold").getAsDouble(), 1e-9);

    // Two people are a verdict too, no failure.
    assertEquals(
        0, CommandRun.of("verify", "--json", json, "--threshold", "0.7", ADA, BAO).exitCode());
    JsonObject different = read(json).getAsJsonObject();
    assertFalse(different.get("same").getAsBoolean());
    assertEquals(0.7f, different.get("threshold").getAsFloat());
    assertTrue(different.get("farAtThreshold").isJsonNull(), "nobody measured that threshold");
  }

  @Test
  void verifyFailsWhereAPhotoHasNoFaceOrTooMany() {
    CommandRun without = CommandRun.of("verify", ADA, NOBODY);
    assertEquals(FAILED_INPUTS, without.exitCode());
    assertTrue(without.err().contains(NOBODY.toString()), without.err());

    CommandRun many = CommandRun.of("verify", "--select", "only", ADA, GROUP);
    assertEquals(FAILED_INPUTS, many.exitCode());
    assertTrue(many.err().contains(GROUP.toString()), many.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"detect", "embed", "identify"})
  void aPhotoThatCannotBeUsedIsNamedAndTheOthersAreDone(String command) throws IOException {
    Path missing = folder.resolve("missing.jpg");
    Path text = Files.writeString(folder.resolve("text.jpg"), "not a photo");

    CommandRun run = CommandRun.of(command, "--json", json, missing, text, GROUP);

    assertEquals(FAILED_INPUTS, run.exitCode());
    assertTrue(run.err().contains(missing.toString()), run.err());
    assertTrue(run.err().contains(text.toString()), run.err());
    JsonArray photos = read(json).getAsJsonArray();
    assertEquals(3, photos.size());
    for (int i = 0; i < 2; i++) {
      JsonObject failed = photos.get(i).getAsJsonObject();
      assertEquals(List.of(missing, text).get(i).toString(), failed.get("image").getAsString());
      assertFalse(failed.get("error").getAsString().isBlank());
      assertTrue(failed.getAsJsonArray("faces").isEmpty());
    }
    JsonObject good = photos.get(2).getAsJsonObject();
    assertTrue(good.get("error").isJsonNull());
    assertEquals(4, good.getAsJsonArray("faces").size());
  }

  @Test
  void csvHasAHeaderAndARowPerFace() throws IOException {
    Path csv = folder.resolve("faces.csv");
    Path missing = folder.resolve("missing.jpg");

    CommandRun run = CommandRun.of("identify", "--csv", csv, GROUP, NOBODY, missing);

    assertEquals(FAILED_INPUTS, run.exitCode());
    CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
    try (Reader reader = Files.newBufferedReader(csv);
        CSVParser parser = CSVParser.parse(reader, format)) {
      assertEquals(
          List.of("image", "face", "x1", "y1", "x2", "y2", "score", "label", "similarity", "error"),
          parser.getHeaderNames());
      List<CSVRecord> rows = parser.getRecords();
      List<Truth.Shown> shown = Truth.faces("groups/group_1.jpg");
      assertEquals(shown.size() + 2, rows.size());
      for (int i = 0; i < shown.size(); i++) {
        CSVRecord row = rows.get(i);
        assertEquals(GROUP.toString(), row.get("image"));
        assertEquals(String.valueOf(i), row.get("face"));
        assertEquals(shown.get(i).face().box().x1(), Float.parseFloat(row.get("x1")));
        assertEquals(shown.get(i).isStranger() ? "" : shown.get(i).person(), row.get("label"));
        assertEquals("", row.get("error"));
      }
      assertEquals("", rows.get(shown.size()).get("face"));
      assertFalse(rows.get(shown.size() + 1).get("error").isBlank());
    }
  }

  @Test
  void foldersAreWalkedInOrderAndHoldPhotosOnly() throws IOException {
    Path photos = Files.createDirectories(folder.resolve("photos"));
    Path deep = Files.createDirectories(photos.resolve("z/deeper"));
    Files.copy(GROUP, photos.resolve("b.JPG"));
    Files.copy(NOBODY, photos.resolve("a.jpeg"));
    Files.copy(ADA, deep.resolve("c.jpg"));
    Files.writeString(photos.resolve("notes.txt"), "no photo");
    Files.writeString(deep.resolve("jpg"), "no photo");

    CommandRun run = CommandRun.of("detect", "--json", json, photos);

    assertEquals(0, run.exitCode(), run.err());
    assertEquals(
        Stream.of("a.jpeg", "b.JPG", "z/deeper/c.jpg")
            .map(name -> photos.resolve(name).toString())
            .toList(),
        images(json));
  }

  @Test
  void annotatedPhotosHaveTheSizeOfThePhotosAndShowTheFaces() {
    Path pictures = folder.resolve("new/pictures");

    CommandRun run = CommandRun.of("detect", "--annotate", pictures, GROUP, NOBODY);

    assertEquals(0, run.exitCode(), run.err());
    Image group = Image.read(GROUP);
    Image annotated = Image.read(pictures.resolve("group_1.png"));
    assertEquals(group.width(), annotated.width());
    assertEquals(group.height(), annotated.height());
    for (Truth.Shown shown : Truth.faces("groups/group_1.jpg")) {
      assertFalse(equalAt(group, annotated, shown.face()), shown.person());
    }
    assertEquals(
        Image.read(NOBODY), Image.read(pictures.resolve("nobody.png")), "nothing to draw there");
  }

  @Test
  void picturesOfPhotosWithOneNameDoNotOverwriteEachOther() throws IOException {
    Path first = Files.createDirectories(folder.resolve("1")).resolve("photo.jpg");
    Path second = Files.createDirectories(folder.resolve("2")).resolve("Photo.jpg");
    Path third = Files.createDirectories(folder.resolve("3")).resolve("photo.png");
    Files.copy(GROUP, first);
    Files.copy(ADA, second);
    Image.read(NOBODY).writePng(third);
    Path pictures = folder.resolve("pictures");

    CommandRun run = CommandRun.of("detect", "--annotate", pictures, first, second, third);

    assertEquals(0, run.exitCode(), run.err());
    assertEquals(List.of("Photo-2.png", "photo-3.png", "photo.png"), names(pictures));
    assertEquals(1280, Image.read(pictures.resolve("photo.png")).width());
    assertEquals(320, Image.read(pictures.resolve("Photo-2.png")).width());
    assertEquals(640, Image.read(pictures.resolve("photo-3.png")).width());
  }

  @Test
  void alignCutsEachFaceInTheWantedSize() throws IOException {
    Path crops = folder.resolve("crops");

    CommandRun run = CommandRun.of("align", "--out", crops, "--size", 96, GROUP, NOBODY);

    assertEquals(0, run.exitCode(), run.err());
    assertEquals(
        List.of(
            ".facepipeline-align",
            "group_1_0.png",
            "group_1_1.png",
            "group_1_2.png",
            "group_1_3.png"),
        names(crops));
    Image crop = Image.read(crops.resolve("group_1_3.png"));
    assertArrayEquals(new int[] {96, 96}, new int[] {crop.width(), crop.height()});
  }

  @Test
  void stagesAreClosedWhateverHappens() {
    AlbumStages stages = new AlbumStages();

    CommandRun.with(stages, "detect", GROUP);
    CommandRun.with(stages, "embed", folder.resolve("missing.jpg"));
    CommandRun.with(stages, "verify", ADA, NOBODY);
    CommandRun.with(stages, "identify", "--threshold", "7", GROUP);
    CommandRun.with(stages, "align", "--out", folder.resolve("crops"), ADA);

    assertEquals(0, stages.open());
  }

  private static void assertFaces(JsonObject photo, Set<String> fields) {
    List<Truth.Shown> shown = Truth.faces("groups/group_1.jpg");
    JsonArray faces = photo.getAsJsonArray("faces");
    assertEquals(shown.size(), faces.size());
    for (int i = 0; i < shown.size(); i++) {
      JsonObject face = faces.get(i).getAsJsonObject();
      Face expected = shown.get(i).face();
      assertEquals(fields, face.keySet());
      JsonArray box = face.getAsJsonArray("box");
      assertEquals(4, box.size());
      assertEquals(expected.box().x1(), box.get(0).getAsFloat());
      assertEquals(expected.box().y2(), box.get(3).getAsFloat());
      assertEquals(expected.score(), face.get("score").getAsFloat());
      JsonArray landmarks = face.getAsJsonArray("landmarks");
      assertEquals(5, landmarks.size());
      assertEquals(
          expected.landmarks().rightMouth().y(),
          landmarks.get(4).getAsJsonArray().get(1).getAsFloat());
    }
  }

  private static boolean equalAt(Image a, Image b, Face face) {
    int x = (int) face.box().x1() - 4;
    int y = (int) face.box().y1() - 4;
    return a.crop(x, y, 8, 8).equals(b.crop(x, y, 8, 8));
  }

  private static List<String> images(Path json) throws IOException {
    JsonArray photos = read(json).getAsJsonArray();
    return IntStream.range(0, photos.size())
        .mapToObj(i -> photos.get(i).getAsJsonObject().get("image").getAsString())
        .toList();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  private static JsonElement read(Path json) throws IOException {
    return JsonParser.parseString(Files.readString(json));
  }
}
