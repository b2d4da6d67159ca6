package io.facepipeline.training.detector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.ProgressListener;
import io.facepipeline.detection.onestage.DetectorModel;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.GraphEditor;
import io.facepipeline.onnx.graph.Port;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.testkit.SharedData;
import io.facepipeline.training.data.PhotoStore;
import io.facepipeline.training.faces.TrueFaces;
import io.facepipeline.training.faces.TrueFaces.TrueFace;
import io.facepipeline.training.torch.TorchScope;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Trains on some portraits of the sample album, whose people do not exist. */
@ExtendWith(TorchScope.class)
class DetectorTrainingTest {
  private static final int STEPS = 12;
  private static final Box SQUARE = new Box(30, 20, 70, 60);

  @TempDir Path folder;

  @Test
  void commandTrainsADetectorFromALabelTable() throws IOException {
    Path table = labels("people/ada");
    Path held = labels("people/bao");
    Path out = folder.resolve("out");
    List<String> options = new ArrayList<>(List.of("--labels", table.toString()));
    options.addAll(List.of("--out", out.toString(), "--quiet", "--hold-out", held.toString()));
    options.addAll(List.of("--steps", "" + STEPS, "--batch", "4", "--side", "64"));
    StringWriter output = new StringWriter();
    assertEquals(0, command(output).execute(options.toArray(String[]::new)), output::toString);
    assertTrue(output.toString().contains("use it with --detector"), output::toString);
    JsonObject card =
        JsonParser.parseString(Files.readString(out.resolve("detector.json"))).getAsJsonObject();
    assertEquals("mtcnn-default", card.getAsJsonObject("recipe").get("teachers").getAsString());
    assertEquals("4", card.getAsJsonObject("recipe").get("photos").getAsString());
    JsonObject figures = card.getAsJsonObject("figures");
    assertTrue(figures.getAsJsonObject("training").get("loss").getAsDouble() > 0);
    assertTrue(
        figures.getAsJsonObject("trained").has("heldOutAveragePrecision"), figures::toString);
    assertSameFacesFromAllForms(out);

    StringWriter errors = new StringWriter();
    options.addAll(List.of("--rate", "0.001"));
    CommandLine again = command(new StringWriter()).setErr(new PrintWriter(errors, true));
    assertEquals(1, again.execute(options.toArray(String[]::new)));
    assertTrue(errors.toString().contains("rate 0.002, not 0.001"), errors::toString);
  }

  @Test
  void learnsWhatYuNetSaysOfEveryCell() throws IOException {
    Path yunet = SharedData.path("models/others/yunet_n_dynamic.onnx");
    Path out = folder.resolve("cells");
    List<String> options = new ArrayList<>(List.of("--labels", labels("people/ada").toString()));
    options.addAll(List.of("--out", out.toString(), "--quiet", "--steps", "2", "--batch", "2"));
    options.addAll(List.of("--side", "64", "--teacher-cells", "--teacher", yunet.toString()));
    StringWriter output = new StringWriter();
    assertEquals(0, command(output).execute(options.toArray(String[]::new)), output::toString);
    JsonObject card =
        JsonParser.parseString(Files.readString(out.resolve("detector.json"))).getAsJsonObject();
    assertTrue(card.getAsJsonObject("recipe").has("cells"), card::toString);
    try (TeacherMaps maps = new TeacherMaps(yunet, 256)) {
      Image photo = Image.read(SharedData.album("people/ada/ada_1.jpg")).resized(256, 256);
      TeacherMaps.Said said = maps.of(photo);
      int best = 0;
      for (int cell = 0; cell < said.scores.length; cell++) {
        best = said.scores[cell] > said.scores[best] ? cell : best;
      }
      try (FaceDetector whole = DetectorModel.of(yunet).open()) {
        Face face = whole.detect(photo).get(0);
        Box box =
            new Box(
                said.boxes[4 * best],
                said.boxes[4 * best + 1],
                said.boxes[4 * best + 2],
                said.boxes[4 * best + 3]);
        assertEquals(face.score(), said.scores[best], 1e-4);
        assertEquals(1, face.box().intersectionOverUnion(box), 1e-3);
      }
    }
  }

  private static void assertSameFacesFromAllForms(Path out) throws IOException {
    Image photo = Image.read(SharedData.album("people/ada/ada_1.jpg"));
    GraphEditor editor = OnnxFile.read(Files.readAllBytes(out.resolve("detector.onnx"))).edit();
    String input = editor.inputs.get(0).name();
    editor.inputs.set(0, Port.floats(input, 1, 3, 384, 288));
    Path fixed = out.resolve("fixed.onnx");
    Files.write(fixed, OnnxFile.write(editor.toGraph()));
    try (FaceDetector model =
            DetectorModel.of(out.resolve("detector.onnx")).withScoreThreshold(0.01f).open();
        FaceDetector weights =
            DetectorModel.of(Checkpoint.read(out.resolve("detector.safetensors")))
                .withScoreThreshold(0.01f)
                .open();
        FaceDetector ofOneSize = DetectorModel.of(fixed).withScoreThreshold(0.01f).open()) {
      List<Face> found = model.detect(photo);
      assertTrue(!found.isEmpty(), "so short a training leaves hesitant finds everywhere");
      assertEquals(found, weights.detect(photo));
      // A file of one size sees the photo in other passes.
      assertTrue(!ofOneSize.detect(photo).isEmpty());
    }
  }

  @Test
  void learnsAndARunThatWasCutOffEndsAsOneThatWasNot() throws IOException {
    Path whole = Files.createDirectories(folder.resolve("whole"));
    Path cut = Files.createDirectories(folder.resolve("cut"));
    DetectorTrainer.Plan plan = new DetectorTrainer.Plan(120, 2, 2e-3, 50, false, 5);
    try (PhotoStore photos =
        PhotoStore.open(folder.resolve("photos"), 1, i -> square(), ProgressListener.NONE)) {
      TrueFaces truth = new TrueFaces(List.of(new TrueFace(SQUARE, null)), List.of());
      ViewMaker views = new ViewMaker(photos, List.of(truth), List.of(1.0), 64);
      new DetectorTrainer(plan, views, whole, null)
          .train(null, whole.resolve("net"), ProgressListener.NONE);
      double[] losses = DetectorTrainer.log(whole).column("loss");
      assertTrue(losses[losses.length - 1] < 0.9 * losses[0], () -> Arrays.toString(losses));
      ProgressListener stop =
          (done, total, item) -> {
            if (done == 100) {
              throw new IllegalStateException("cut off");
            }
          };
      DetectorTrainer again = new DetectorTrainer(plan, views, cut, null);
      assertThrows(IllegalStateException.class, () -> again.train(null, cut.resolve("net"), stop));
      assertTrue(Files.exists(cut.resolve("detector.state.safetensors")));
      assertFalse(Files.exists(cut.resolve("net")));
      again.train(null, cut.resolve("net"), ProgressListener.NONE);
      // Another run may start from what this one learned.
      Checkpoint learned = Checkpoint.read(whole.resolve("net"));
      DetectorTrainer.Plan one = new DetectorTrainer.Plan(1, 2, 1e-9, 50, false, 5);
      new DetectorTrainer(one, views, Files.createDirectories(folder.resolve("more")), null)
          .train(learned, folder.resolve("more/net"), ProgressListener.NONE);
      assertSameWeights(learned, Checkpoint.read(folder.resolve("more/net")), 1e-4f);
    }
    assertSameWeights(
        Checkpoint.read(whole.resolve("net")), Checkpoint.read(cut.resolve("net")), 0);
    assertEquals(
        Files.readString(whole.resolve("detector.csv")),
        Files.readString(cut.resolve("detector.csv")));
  }

  private static void assertSameWeights(Checkpoint expected, Checkpoint found, float delta) {
    assertEquals(expected.tensors().keySet(), found.tensors().keySet());
    for (String name : expected.tensors().keySet()) {
      if (delta == 0 || !name.contains("running")) {
        assertArrayEquals(expected.tensor(name).floats(), found.tensor(name).floats(), delta, name);
      }
    }
  }

  private static Image square() {
    byte[] grey = new byte[100 * 80];
    for (int y = 20; y < 60; y++) {
      Arrays.fill(grey, 100 * y + 30, 100 * y + 70, (byte) 220);
    }
    return Image.ofGrey(100, 80, grey);
  }

  @Test
  void refusesWhatCannotBe() {
    for (List<String> wrong :
        List.of(
            List.of("--side", "100"),
            List.of("--steps", "0"),
            List.of("--rate", "0"),
            List.of("--teacher", "nobody"),
            List.of("--teacher-cells"),
            List.of("--teacher-cells", "--no-teacher"),
            List.of("--wider", folder.toString()))) {
      StringWriter errors = new StringWriter();
      List<String> options = new ArrayList<>(List.of("--out", folder.resolve("o").toString()));
      options.addAll(wrong);
      if (!wrong.contains("--wider")) {
        options.addAll(List.of("--labels", labels("people/ada").toString()));
      }
      CommandLine line = command(new StringWriter()).setErr(new PrintWriter(errors, true));
      assertEquals(1, line.execute(options.toArray(String[]::new)), wrong::toString);
      String named = wrong.contains("--wider") ? "wider_face_train_bbx_gt.txt" : wrong.get(0);
      assertTrue(errors.toString().contains(named), errors::toString);
    }
  }

  private static CommandLine command(StringWriter output) {
    return new CommandLine(new DetectorCommand()).setOut(new PrintWriter(output));
  }

  /** Writes the truth of some photos of the album as a table of one's own photos. */
  private Path labels(String prefix) {
    List<String> lines = new ArrayList<>(List.of("image,x1,y1,x2,y2"));
    try {
      JsonObject images =
          JsonParser.parseString(Files.readString(SharedData.album("truth.json")))
              .getAsJsonObject()
              .getAsJsonObject("images");
      for (Map.Entry<String, JsonElement> image : images.entrySet()) {
        if (image.getKey().startsWith(prefix)) {
          Path photo = SharedData.album(image.getKey()).toAbsolutePath();
          for (JsonElement face : image.getValue().getAsJsonObject().getAsJsonArray("faces")) {
            List<String> cells = new ArrayList<>(List.of(photo.toString()));
            face.getAsJsonObject().getAsJsonArray("box").forEach(n -> cells.add(n.getAsString()));
            lines.add(String.join(",", cells));
          }
        }
      }
      return Files.write(folder.resolve(prefix.replace('/', '_') + ".csv"), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
