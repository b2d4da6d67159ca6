package io.facepipeline.training.mtcnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.Box;
import io.facepipeline.Image;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.detection.mtcnn.cascade.MtcnnStages;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Trains on the sample album, whose people do not exist, as a user would on own photos. */
class MtcnnTrainingTest {
  @TempDir Path folder;

  @Test
  void commandTrainsADetectorFromALabelTable() throws IOException {
    Path table = folder.resolve("album.csv");
    Path photo = labels(table, false);
    Path held = folder.resolve("held.csv");
    labels(held, true);
    Path out = folder.resolve("out");
    List<String> options = new ArrayList<>(List.of("--labels", table.toString()));
    options.addAll(List.of("--out", out.toString(), "--no-teacher", "--quiet"));
    options.addAll(List.of("--effort", "0.01", "--hold-out", held.toString()));

    StringWriter output = new StringWriter();
    assertEquals(0, command(output).execute(options.toArray(String[]::new)), output::toString);
    assertTrue(output.toString().startsWith("trained {heldOutAveragePrecision="), output::toString);
    assertTrue(output.toString().contains("the networks are in " + out), output::toString);

    for (String stage : List.of("pnet", "rnet", "onet")) {
      List<String> rows = Files.readAllLines(out.resolve("work").resolve(stage + ".csv"));
      double first = Double.parseDouble(rows.get(1).split(",", -1)[1]);
      double last = Double.parseDouble(rows.get(rows.size() - 1).split(",", -1)[1]);
      assertTrue(last < 0.8 * first, stage + ": " + first + " to " + last);
    }
    try (Mtcnn detector =
        Mtcnn.builder()
            .weights(
                out.resolve("pnet.safetensors"),
                out.resolve("rnet.safetensors"),
                out.resolve("onet.safetensors"))
            .minFaceSize(60)
            .build()) {
      detector.detect(Image.read(photo));
    }
    assertKnowsFaces(out);
    JsonObject card =
        JsonParser.parseString(Files.readString(out.resolve("mtcnn.json"))).getAsJsonObject();
    assertEquals("none", card.getAsJsonObject("recipe").get("teacher").getAsString());
    // Of the album's 38 photos six are groups, and they are held out.
    assertEquals("32", card.getAsJsonObject("recipe").get("photos").getAsString());
    JsonObject figures = card.getAsJsonObject("figures");
    assertTrue(figures.getAsJsonObject("training").get("onetLoss").getAsDouble() > 0);
    assertTrue(figures.getAsJsonObject("trained").has("heldOutRecall"), figures::toString);

    StringWriter errors = new StringWriter();
    options.addAll(List.of("--seed", "2"));
    CommandLine again = command(new StringWriter()).setErr(new PrintWriter(errors, true));
    assertEquals(1, again.execute(options.toArray(String[]::new)));
    assertTrue(errors.toString().contains("belongs to a run with seed 1, not 2"), errors::toString);
  }

  /** So short a training finds few faces, but tells a face from the photo's lower left corner. */
  private static void assertKnowsFaces(Path out) throws IOException {
    FloatBuffer crops =
        ByteBuffer.allocateDirect(2 * 3 * 48 * 48 * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    int photos = 0;
    int right = 0;
    try (MtcnnStages stages =
        new MtcnnStages(
            Checkpoint.read(out.resolve("pnet.safetensors")),
            Checkpoint.read(out.resolve("rnet.safetensors")),
            Checkpoint.read(out.resolve("onet.safetensors")))) {
      for (Map.Entry<String, JsonElement> entry : album().entrySet()) {
        if (entry.getKey().startsWith("people/")) {
          Image image = Image.read(SharedData.album(entry.getKey()));
          JsonArray b =
              entry
                  .getValue()
                  .getAsJsonObject()
                  .getAsJsonArray("faces")
                  .get(0)
                  .getAsJsonObject()
                  .getAsJsonArray("box");
          float side = b.get(3).getAsFloat() - b.get(1).getAsFloat();
          float x = (b.get(0).getAsFloat() + b.get(2).getAsFloat() - side) / 2;
          float y = b.get(1).getAsFloat();
          MtcnnStages.cut(image, new Box(x, y, x + side, y + side), 48, crops.slice(0, 6912));
          float low = image.height();
          MtcnnStages.cut(image, new Box(1, low - 80, 80, low), 48, crops.slice(6912, 6912));
          float[] said = stages.output(crops, 2);
          photos++;
          right += said[0] > said[MtcnnStages.FACE_CHANNELS] ? 1 : 0;
        }
      }
    }
    assertEquals(32, photos);
    assertTrue(right >= 26, "told apart: " + right);
  }

  private static JsonObject album() throws IOException {
    return JsonParser.parseString(Files.readString(SharedData.album("truth.json")))
        .getAsJsonObject()
        .getAsJsonObject("images");
  }

  private static CommandLine command(StringWriter output) {
    return new CommandLine(new MtcnnCommand()).setOut(new PrintWriter(output));
  }

  @Test
  void theTeacherIsInsideUnlessAnotherIsAskedFor() {
    StringWriter errors = new StringWriter();
    CommandLine line = command(new StringWriter()).setErr(new PrintWriter(errors, true));
    assertEquals(
        1,
        line.execute(
            "--labels", "absent.csv", "--out", folder.resolve("o").toString(), "--teacher", "x"));
    try (Teacher teacher = new Teacher(DefaultModels.mtcnnWeights())) {
      assertEquals(1, teacher.detect(Image.read(SharedData.album("people/ada/ada_1.jpg"))).size());
    }
  }

  /** Writes the album's truth as a table of one's own photos; gives the first photo. */
  private static Path labels(Path table, boolean groups) throws IOException {
    JsonObject images = album();
    List<String> lines = new ArrayList<>();
    lines.add(
        "image,x1,y1,x2,y2,leye_x,leye_y,reye_x,reye_y,nose_x,nose_y,lmouth_x,lmouth_y,"
            + "rmouth_x,rmouth_y");
    Path first = null;
    for (Map.Entry<String, JsonElement> image : images.entrySet()) {
      if (groups && !image.getKey().startsWith("groups/")) {
        continue;
      }
      Path photo = SharedData.album(image.getKey()).toAbsolutePath();
      first = first == null ? photo : first;
      for (JsonElement face : image.getValue().getAsJsonObject().getAsJsonArray("faces")) {
        List<String> cells = new ArrayList<>(List.of(photo.toString()));
        face.getAsJsonObject().getAsJsonArray("box").forEach(n -> cells.add(n.getAsString()));
        face.getAsJsonObject()
            .getAsJsonArray("landmarks")
            .forEach(p -> p.getAsJsonArray().forEach(n -> cells.add(n.getAsString())));
        lines.add(String.join(",", cells));
      }
      if (image.getValue().getAsJsonObject().getAsJsonArray("faces").isEmpty()) {
        lines.add(photo + ",".repeat(14));
      }
    }
    Files.write(table, lines);
    return first;
  }
}
