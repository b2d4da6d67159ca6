package io.facepipeline.cli.photos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.EmbeddedFace;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.cli.stages.ModelStages;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.ffmpeg.VideoReader;
import io.facepipeline.ffmpeg.VideoWriter;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.opencv.HaarCascadeDetector;
import io.facepipeline.testkit.SharedData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HideCommandTest {
  private static final int WRONG_USAGE = 2;
  private static final float SURE = 0.7f;
  private static final Path GROUPS = SharedData.album("groups");
  private static final Path PEOPLE = SharedData.album("people");

  @TempDir Path folder;

  private static List<Face> sure(FaceDetector detector, Image image) {
    return detector.detect(image).stream().filter(face -> face.score() > SURE).toList();
  }

  /** Neither the detector that hid them nor another finds a face, and nobody is recognized. */
  @ParameterizedTest
  @ValueSource(strings = {"blur", "pixelate", "fill"})
  void nothingOfTheAlbumsFacesIsFoundOrRecognized(String how) {
    Path out = folder.resolve("hidden");

    CommandRun run = CommandRun.with(new ModelStages(), "hide", "--how", how, "--out", out, GROUPS);

    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("without a face: 1"), run.out());
    try (FacePipeline pipeline = FacePipeline.create();
        FaceDetector haar = HaarCascadeDetector.builder().minFaceSize(40).build()) {
      for (int i = 1; i <= 5; i++) {
        String name = "group_" + i + ".jpg";
        Image photo = Image.read(GROUPS.resolve(name));
        Image hidden = Image.read(out.resolve(name));
        assertEquals(photo.width(), hidden.width());
        assertEquals(List.of(), sure(pipeline.detector(), hidden), name);
        assertEquals(List.of(), sure(haar, hidden), name);
        List<EmbeddedFace> before = pipeline.embed(photo);
        List<Face> places = before.stream().map(EmbeddedFace::face).toList();
        List<EmbeddedFace> after = pipeline.embed(hidden, places);
        for (EmbeddedFace left : after) {
          for (EmbeddedFace person : before) {
            float similarity = left.embedding().similarity(person.embedding());
            assertTrue(
                similarity < pipeline.card().verificationThreshold(),
                name + " " + left.face().box() + ": " + similarity);
          }
        }
      }
    }
  }

  @Test
  void thePublishedDetectorFindsNothingWhereItWasAskedToo() {
    Path models = SharedData.path("models/mtcnn");
    Path out = folder.resolve("hidden");
    CommandRun run =
        CommandRun.with(
            new ModelStages(),
            "hide",
            "--models",
            models,
            "--also",
            "mtcnn",
            "--out",
            out,
            SharedData.path("data/photos/multiface.jpg"),
            GROUPS);
    assertEquals(0, run.exitCode(), run.err());
    try (FaceDetector published =
        Mtcnn.builder().models(ModelStore.builder().folder(models).build()).build()) {
      for (Path photo : List.of(Path.of("multiface.jpg"), Path.of("group_1.jpg"))) {
        Path hidden =
            Objects.requireNonNull(find(out, photo.toString()), photo + " was not written");
        assertEquals(List.of(), sure(published, Image.read(hidden)), photo.toString());
      }
    }
  }

  private static Path find(Path root, String name) {
    try (var files = Files.walk(root)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).equals(name))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Cameras put a small copy of the picture into its metadata. */
  @Test
  void noMetadataNorThumbnailSurvives() throws IOException {
    Image photo = Image.read(PEOPLE.resolve("ada/ada_1.jpg"));
    ByteArrayOutputStream small = new ByteArrayOutputStream();
    photo.resized(80, 100).writeJpeg(small, 0.8f);
    byte[] plain = Files.readAllBytes(PEOPLE.resolve("ada/ada_1.jpg"));
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(plain, 0, 2);
    byte[] head = "Exif\0\0MM\0*\0\0\0\b\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    int length = 2 + head.length + small.size();
    whole.writeBytes(new byte[] {-1, (byte) 0xE1, (byte) (length >> 8), (byte) length});
    whole.writeBytes(head);
    whole.writeBytes(small.toByteArray());
    byte[] note = "taken at home".getBytes(StandardCharsets.US_ASCII);
    whole.writeBytes(new byte[] {-1, (byte) 0xFE, 0, (byte) (2 + note.length)});
    whole.writeBytes(note);
    whole.write(plain, 2, plain.length - 2);
    Path input = Files.write(folder.resolve("camera.jpg"), whole.toByteArray());
    Path out = folder.resolve("hidden");

    CommandRun run = CommandRun.with(new ModelStages(), "hide", "--out", out, input);

    assertEquals(0, run.exitCode(), run.err());
    byte[] written = Files.readAllBytes(out.resolve("camera.jpg"));
    String text = new String(written, StandardCharsets.ISO_8859_1);
    assertFalse(text.contains("Exif"), "metadata");
    assertFalse(text.contains("taken at home"), "a comment");
    assertEquals(0, text.indexOf("\u00FF\u00D8"));
    assertEquals(-1, text.indexOf("\u00FF\u00D8\u00FF", 2), "a second picture");
    assertTrue(new String(whole.toByteArray(), StandardCharsets.ISO_8859_1).contains("Exif"));
  }

  private static List<String> visible(Path json) throws IOException {
    List<String> visible = new ArrayList<>();
    for (JsonElement photo : JsonParser.parseString(Files.readString(json)).getAsJsonArray()) {
      for (JsonElement element : photo.getAsJsonObject().getAsJsonArray("faces")) {
        JsonObject face = element.getAsJsonObject();
        if (!face.get("hidden").getAsBoolean()) {
          JsonElement label = face.get("label");
          visible.add(label.isJsonNull() ? "stranger" : label.getAsString());
        }
      }
    }
    return visible.stream().sorted().toList();
  }

  @Test
  void peopleAreShownOrHiddenByName() throws IOException {
    Path group = GROUPS.resolve("group_1.jpg");
    Path json = folder.resolve("faces.json");
    CommandRun run =
        CommandRun.of(
            "hide",
            "--people",
            PEOPLE,
            "--show",
            "ada",
            "--json",
            json,
            "--how",
            "fill",
            "--color",
            "ff0000",
            "--out",
            folder.resolve("but"),
            group);
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(List.of("ada"), visible(json));

    run =
        CommandRun.of(
            "hide",
            "--people",
            PEOPLE,
            "--only",
            "ada",
            "--json",
            json,
            "--out",
            folder.resolve("only"),
            group);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(
        visible(json).size() == 3 && !visible(json).contains("ada"), visible(json).toString());

    Image photo = Image.read(group);
    Image but = Image.read(folder.resolve("but/group_1.jpg"));
    for (JsonElement element :
        JsonParser.parseString(Files.readString(json))
            .getAsJsonArray()
            .get(0)
            .getAsJsonObject()
            .getAsJsonArray("faces")) {
      JsonObject face = element.getAsJsonObject();
      var nose = face.getAsJsonArray("landmarks").get(2).getAsJsonArray();
      int x = nose.get(0).getAsInt();
      int y = nose.get(1).getAsInt();
      boolean red = (but.rgbAt(x, y) >> 16) > 200 && (but.rgbAt(x, y) & 0xFF) < 40;
      boolean ada = face.get("hidden").getAsBoolean();
      assertEquals(!ada, red, face.toString());
      if (ada) {
        assertTrue(Math.abs((photo.rgbAt(x, y) & 0xFF) - (but.rgbAt(x, y) & 0xFF)) < 12);
      }
    }
  }

  @Test
  void aPhotoThatCannotBeReadIsNamedAndNotWritten() throws IOException {
    Path photos = Files.createDirectories(folder.resolve("photos"));
    Files.copy(PEOPLE.resolve("ada/ada_1.jpg"), photos.resolve("a.jpg"));
    Files.write(photos.resolve("broken.jpg"), new byte[] {1, 2, 3});
    Files.writeString(photos.resolve("broken.mp4"), "no video");
    Files.writeString(photos.resolve("notes.txt"), "no photo");
    Path out = folder.resolve("hidden");
    CommandRun run = CommandRun.of("hide", "--out", out, photos);
    assertEquals(1, run.exitCode(), run.err());
    assertTrue(run.err().contains("broken.jpg") && run.err().contains("broken.mp4"), run.err());
    assertTrue(run.err().contains("left out: " + photos.resolve("notes.txt")), run.err());
    assertFalse(run.err().contains("left out: " + photos.resolve("broken.mp4")), run.err());
    try (var files = Files.list(out)) {
      assertEquals(List.of(out.resolve("a.jpg")), files.toList());
    }
  }

  @Test
  void whatCouldShowAFaceByMistakeIsWrongUsage() throws IOException {
    Path photos = Files.createDirectories(folder.resolve("photos"));
    Path photo = Files.copy(PEOPLE.resolve("ada/ada_1.jpg"), photos.resolve("a.jpg"));
    byte[] before = Files.readAllBytes(photo);
    Path out = folder.resolve("hidden");
    for (List<Object> wrong :
        List.<List<Object>>of(
            List.of("--out", photos, photo),
            List.of("--out", photos.resolve("sub"), photos),
            List.of("--out", out, "--people", PEOPLE, photo),
            List.of("--out", out, "--people", PEOPLE, "--only", "adda", photo),
            List.of("--out", out, "--show", "ada", photo),
            List.of("--out", out, "--margin", "0.1", photo),
            List.of("--out", out, "--color", "ff0000", photo),
            List.of("--out", out, "--how", "fill", "--color", "red", photo),
            List.of("--out", out, "--every", "0", photo))) {
      List<Object> line = new ArrayList<>(List.of("hide"));
      line.addAll(wrong);
      CommandRun run = CommandRun.of(line.toArray());
      assertEquals(WRONG_USAGE, run.exitCode(), wrong + ": " + run.err());
    }
    assertTrue(Arrays.equals(before, Files.readAllBytes(photo)));
    assertFalse(Files.exists(out.resolve("a.jpg")));
  }

  /**
   * The man who looks down is a face to some detectors only, and in some frames only; letters of a
   * sign become one when the copy is coded.
   */
  @ParameterizedTest
  @CsvSource({"86,6,960,540", "8,4,1920,1080"})
  void noFrameOfAVideoShowsAFaceToEitherDetector(int first, int frames, int width, int height) {
    Path models = SharedData.path("models/mtcnn");
    Path clip = folder.resolve("clip.mp4");
    try (VideoReader in = VideoReader.open(SharedData.path("data/video/video.mp4"));
        VideoWriter writer = VideoWriter.to(clip, in.framesPerSecond())) {
      for (int i = 0; i < first + frames; i++) {
        Image frame = Objects.requireNonNull(in.next());
        if (i >= first) {
          writer.write(frame.resized(width, height));
        }
      }
      writer.finish();
    }
    Path out = folder.resolve("hidden");
    CommandRun run =
        CommandRun.with(
            new ModelStages(), "hide", "--models", models, "--also", "mtcnn", "--out", out, clip);
    assertEquals(0, run.exitCode(), run.err());
    int read = 0;
    try (FacePipeline pipeline = FacePipeline.create();
        FaceDetector published =
            Mtcnn.builder().models(ModelStore.builder().folder(models).build()).build();
        VideoReader hidden = VideoReader.open(out.resolve("clip.mp4"))) {
      for (Image frame = hidden.next(); frame != null; frame = hidden.next(), read++) {
        assertEquals(List.of(), sure(pipeline.detector(), frame), "frame " + read);
        assertEquals(List.of(), sure(published, frame), "frame " + read);
      }
    }
    assertEquals(frames, read);
  }
}
