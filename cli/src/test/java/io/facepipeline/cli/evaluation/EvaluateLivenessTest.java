package io.facepipeline.cli.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.Image;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.cli.stages.ModelStages;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The error rates of a model that takes faces for live if they are red, on copies that are blue.
 */
class EvaluateLivenessTest {
  private static final int WRONG_USAGE = 2;

  @TempDir static Path folder;
  private static Path model;

  @BeforeAll
  static void photos() throws IOException {
    List<Path> portraits = new ArrayList<>();
    for (String person : List.of("ada", "bao", "dalia")) {
      portraits.add(SharedData.album("people/" + person + "/" + person + "_1.jpg"));
    }
    for (String place : List.of("live", "attacks/print", "attacks/replay")) {
      Path copies = Files.createDirectories(folder.resolve(place));
      for (Path portrait : portraits) {
        Image photo = Image.read(portrait);
        (place.equals("live") ? photo : blue(photo))
            .writePng(copies.resolve(portrait.getFileName() + ".png"));
      }
    }
    Image.read(SharedData.album("groups/nobody.jpg"))
        .writePng(folder.resolve("live").resolve("nobody.png"));
    GraphBuilder graph = new GraphBuilder("made");
    Value x = graph.input("x", 1, 3, 8, 8);
    Value logit =
        graph.dense(
            graph.flatten(graph.globalAveragePool(x)),
            new Weights(new int[] {1, 3}, new float[] {9, 0, -9}),
            null);
    graph.output(logit, "y", 1, 1);
    model = Files.write(folder.resolve("red.onnx"), OnnxFile.write(graph.build()));
    Files.writeString(
        folder.resolve("red.model.json"),
        """
        {"id": "red", "kind": "face-attribute", "attribute": "liveness", "format": "onnx",
         "architecture": "Made", "files": [{"name": "red.onnx"}],
         "origin": "here", "license": "MIT",
         "crop": {"width": 8, "height": 8, "rule": "scaled-box 1 square"}, "output": "sigmoid",
         "colorOrder": "RGB", "mean": [0], "deviation": [255], "classes": ["attack", "live"]}
        """);
  }

  /** The photo with red and blue exchanged. */
  private static Image blue(Image photo) {
    byte[] rgb = photo.toRgb();
    for (int i = 0; i < rgb.length; i += 3) {
      byte red = rgb[i];
      rgb[i] = rgb[i + 2];
      rgb[i + 2] = red;
    }
    return Image.ofRgb(photo.width(), photo.height(), rgb);
  }

  private static CommandRun run(Object... arguments) {
    Object[] all = new Object[arguments.length + 6];
    Object[] first = {"evaluate", "liveness", "--model", model, "--threads", "2"};
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(arguments, 0, all, first.length, arguments.length);
    return CommandRun.with(new ModelStages(), all);
  }

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }

  @Test
  void theRatesAreWrittenAndDrawn() throws IOException {
    Path json = folder.resolve("rates.json");
    Path csv = folder.resolve("photos.csv");
    CommandRun run =
        run(
            "--live",
            folder.resolve("live"),
            "--attacks",
            folder.resolve("attacks"),
            "--json",
            json,
            "--csv",
            csv,
            "--plots",
            folder.resolve("plots"),
            "--live-threshold",
            "0.01");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("APCER, print"), run.out());
    assertTrue(run.out().contains("no face found in 1 photos of live"), run.out());
    JsonObject rates = json(json);
    assertEquals(3, rates.get("live").getAsInt());
    // Everything passes at 0.01, and there is a threshold that tells all apart.
    assertEquals(1, rates.get("apcer").getAsDouble());
    assertEquals(0, rates.get("bpcer").getAsDouble());
    assertEquals(0.5, rates.get("acer").getAsDouble());
    assertEquals(0, rates.get("eer").getAsDouble());
    assertEquals(
        3, rates.getAsJsonObject("species").getAsJsonObject("replay").get("attacks").getAsInt());
    assertEquals(1, rates.getAsJsonObject("withoutFace").get("live").getAsInt());
    List<String> rows = Files.readAllLines(csv);
    assertEquals(11, rows.size());
    assertEquals(
        3, rows.stream().filter(r -> r.contains(",print,") && r.endsWith("false")).count());
    assertTrue(Image.read(folder.resolve("plots").resolve("liveness.png")).width() > 300);
    double best = rates.get("eerThreshold").getAsDouble();
    CommandRun apart =
        run(
            "--live",
            folder.resolve("live"),
            "--attacks",
            folder.resolve("attacks"),
            "--json",
            json,
            "--live-threshold",
            best);
    assertEquals(0, apart.exitCode(), apart.err());
    assertEquals(0, json(json).get("acer").getAsDouble());
  }

  @Test
  void aListNamesPhotosAndSpecies() throws IOException {
    Path list = folder.resolve("list.csv");
    Files.writeString(
        list, "live/ada_1.jpg.png,live\nattacks/print/ada_1.jpg.png, print\n\nno-such.png,print\n");
    Path json = folder.resolve("listed.json");
    CommandRun run = run("--list", list, "--json", json);
    assertEquals(1, run.exitCode(), run.out());
    assertTrue(run.err().contains("no-such.png"), run.err());
    assertEquals(1, json(json).get("live").getAsInt());
    Files.writeString(list, "live/ada_1.jpg.png\n");
    CommandRun wrong = run("--list", list);
    assertEquals(WRONG_USAGE, wrong.exitCode());
    assertTrue(wrong.err().contains("line 1: expected PHOTO,SPECIES"), wrong.err());
  }

  @Test
  void whatCannotBeIsWrongUsage() throws IOException {
    Path live = folder.resolve("live");
    for (Object[] line :
        new Object[][] {
          {"--live", live},
          {"--live", live, "--attacks", live},
          {"--live", live, "--attacks", Files.createDirectories(folder.resolve("empty"))},
          {"--live", live, "--attacks", folder, "--list", folder},
          {"--live", folder, "--attacks", folder.resolve("attacks")},
          {"--live", live, "--attacks", folder.resolve("attacks"), "--live-threshold", "2"}
        }) {
      CommandRun run = run(line);
      assertEquals(WRONG_USAGE, run.exitCode(), run.out() + run.err());
    }
  }
}
