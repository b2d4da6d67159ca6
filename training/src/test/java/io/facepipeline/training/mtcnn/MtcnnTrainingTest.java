package io.facepipeline.training.mtcnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Image;
import io.facepipeline.detection.Mtcnn;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
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
    Path photo = labels(table);
    Path out = folder.resolve("out");
    List<String> options = new ArrayList<>(List.of("--labels", table.toString()));
    options.addAll(List.of("--out", out.toString(), "--no-teacher", "--quiet"));
    options.addAll(List.of("--effort", "0.008"));

    StringWriter output = new StringWriter();
    assertEquals(0, command(output).execute(options.toArray(String[]::new)));
    assertEquals("the networks are in " + out, output.toString().strip());

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
            .thresholds(0.1f, 0.1f, 0.1f)
            .minFaceSize(60)
            .build()) {
      // So short a training is not sure of much, but it has seen where this face is.
      Box face = new Box(106.7f, 164.6f, 230.9f, 310.4f);
      List<Face> found = detector.detect(Image.read(photo));
      assertTrue(
          found.stream().anyMatch(f -> f.box().intersectionOverUnion(face) > 0.4f),
          () -> "found: " + found);
    }
    JsonObject card =
        JsonParser.parseString(Files.readString(out.resolve("mtcnn.json"))).getAsJsonObject();
    assertEquals("none", card.getAsJsonObject("recipe").get("teacher").getAsString());

    StringWriter errors = new StringWriter();
    options.addAll(List.of("--seed", "2"));
    CommandLine again = command(new StringWriter()).setErr(new PrintWriter(errors, true));
    assertEquals(1, again.execute(options.toArray(String[]::new)));
    assertTrue(errors.toString().contains("was begun with seed 1, not 2"), errors::toString);
  }

  private static CommandLine command(StringWriter output) {
    return new CommandLine(new MtcnnCommand()).setOut(new PrintWriter(output));
  }

  /** Writes the album's truth as a table of one's own photos; gives the first photo. */
  private static Path labels(Path table) throws IOException {
    JsonObject images =
        JsonParser.parseString(Files.readString(SharedData.album("truth.json")))
            .getAsJsonObject()
            .getAsJsonObject("images");
    List<String> lines = new ArrayList<>();
    lines.add(
        "image,x1,y1,x2,y2,leye_x,leye_y,reye_x,reye_y,nose_x,nose_y,lmouth_x,lmouth_y,"
            + "rmouth_x,rmouth_y");
    Path first = null;
    for (Map.Entry<String, JsonElement> image : images.entrySet()) {
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
