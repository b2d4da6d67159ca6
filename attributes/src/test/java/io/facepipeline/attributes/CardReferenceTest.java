package io.facepipeline.attributes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceAttribute;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The cards of the catalog feed and read a network as its authors' own code does; the networks are
 * made by formula. {@code cards.json} says how the expected numbers were made.
 */
class CardReferenceTest {
  private static final int WIDTH = 200;
  private static final int HEIGHT = 160;

  /** The bins of WHENet, for which its authors publish no ONNX file. */
  private static final String WHENET =
      """
      {"id": "whenet", "kind": "face-attribute", "attribute": "head-pose", "architecture": "WHENet",
       "format": "onnx", "files": [{"name": "whenet.onnx"}], "origin": "WHENet", "license": "MIT",
       "crop": {"width": 224, "height": 224, "rule": "scaled-box 1.4"}, "colorOrder": "RGB",
       "mean": [123.675, 116.28, 103.53], "deviation": [58.395, 57.12, 57.375],
       "output": {"kind": "bins", "unit": "degrees", "scale": 3, "bins": 66, "offset": -99,
         "values": [{"label": "yaw", "name": "y0", "bins": 120, "offset": -180},
                    {"label": "pitch", "name": "y1"}, {"label": "roll", "name": "y2"}]}}
      """;

  private static final int[] WHENET_OUTPUTS = {120, 66, 66};

  @TempDir static Path folder;

  /** A case of the file. */
  private record Case(
      String id,
      List<Float> box,
      @Nullable Map<String, Float> values,
      @Nullable List<List<Float>> points,
      int outputs,
      float gain,
      @Nullable List<Float> landmarks) {
    @Override
    public String toString() {
      return id + " at " + place();
    }

    Box place() {
      return new Box(box.get(0), box.get(1), box.get(2), box.get(3));
    }

    Face face() {
      float[] points = {70, 50, 100, 50, 85, 65, 75, 90, 95, 90};
      for (int i = 0; landmarks != null && i < points.length; i++) {
        points[i] = landmarks.get(i);
      }
      return new Face(place(), Landmarks.of(points), 1);
    }

    /** How far the numbers may be from the reference's. */
    double tolerance() {
      return switch (id) {
        // Our crops are sampled to 1/32 pixel, those of OpenCV's resize to 1/2048.
        case "head-pose-resnet18" -> 0.05;
        case "whenet" -> 0.01;
        // The authors round the box to whole pixels.
        case "landmarks-68-pfld" -> 1.2;
        case "landmarks-106-insightface", "age-insightface" -> 0.01;
        default -> 2e-3;
      };
    }
  }

  private record Cases(String made, List<Case> cases) {}

  private static Stream<Case> cases() throws IOException {
    try (InputStreamReader in =
        new InputStreamReader(
            Objects.requireNonNull(CardReferenceTest.class.getResourceAsStream("/cards.json")),
            StandardCharsets.UTF_8)) {
      return new Gson().fromJson(in, Cases.class).cases().stream();
    }
  }

  private static Image photo() {
    byte[] rgb = new byte[3 * WIDTH * HEIGHT];
    for (int i = 0; i < rgb.length; i++) {
      int x = i / 3 % WIDTH;
      int y = i / 3 / WIDTH;
      int value = (3 * x + 2 * y + 50 * (i % 3)) % 510;
      rgb[i] = (byte) (value > 255 ? 510 - value : value);
    }
    return Image.ofRgb(WIDTH, HEIGHT, rgb);
  }

  /** A network whose outputs are sums of all pixels with weights by formula. */
  private static Path network(String name, int side, float gain, int... outputs)
      throws IOException {
    GraphBuilder graph = new GraphBuilder("made");
    Value x = graph.input("x", 1, 3, side, side);
    int first = 0;
    for (int o = 0; o < outputs.length; o++) {
      float[] weights = new float[outputs[o] * 3 * side * side];
      int at = 0;
      for (int k = first; k < first + outputs[o]; k++) {
        for (int c = 0; c < 3; c++) {
          for (int row = 0; row < side; row++) {
            for (int column = 0; column < side; column++) {
              double angle =
                  0.37 * (k + 1)
                      + 0.9 * c
                      + 5.0 * column / side * (k % 3 + 1)
                      + 3.0 * row / side * (k % 5 + 1);
              weights[at++] = (float) (gain * Math.cos(angle) / (side * side));
            }
          }
        }
      }
      first += outputs[o];
      int[] shape = {outputs[o], 3, side, side};
      Value y = graph.conv(x, new Weights(shape, weights), null, 1, 0, 1);
      graph.output(y, "y" + o, 1, outputs[o], 1, 1);
    }
    return Files.write(folder.resolve(name + ".onnx"), OnnxFile.write(graph.build()));
  }

  private static CatalogEntry entry(String id) {
    return (id.equals("whenet") ? ModelCatalog.parse("here", WHENET) : ModelCatalog.installed())
        .require(Kind.FACE_ATTRIBUTE, id);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theCardFeedsAndReadsAsTheAuthorsDo(Case wanted) throws IOException {
    CatalogEntry entry = entry(wanted.id());
    int[] outputs = wanted.id().equals("whenet") ? WHENET_OUTPUTS : new int[] {wanted.outputs()};
    Path file = network(wanted.id(), entry.input().width(), wanted.gain(), outputs);
    try (FaceAttribute attribute = OnnxFaceAttribute.open(entry, List.of(file))) {
      FaceAttribute.Scores told = attribute.classify(photo(), List.of(wanted.face())).get(0);
      if (wanted.values() != null) {
        Map<String, Float> found = new LinkedHashMap<>(told.values());
        told.scores().forEach(score -> found.put(score.label(), score.probability()));
        assertEquals(wanted.values().keySet(), found.keySet());
        wanted
            .values()
            .forEach(
                (name, value) -> assertEquals(value, found.get(name), wanted.tolerance(), name));
      }
      if (wanted.points() != null) {
        assertEquals(wanted.points().size(), told.points().size());
        for (int i = 0; i < told.points().size(); i++) {
          Point point = told.points().get(i);
          assertEquals(wanted.points().get(i).get(0), point.x(), wanted.tolerance(), "x of " + i);
          assertEquals(wanted.points().get(i).get(1), point.y(), wanted.tolerance(), "y of " + i);
        }
      }
    }
  }

  /** Two crops of one file, each with an eye in its middle. */
  @Test
  void bothEyesAreLookedAt() throws IOException {
    CatalogEntry entry = entry("eyes-open-closed");
    GraphBuilder graph = new GraphBuilder("eyes");
    Value x = graph.input("x", 1, 3, 32, 32);
    float[] weights = new float[2 * 3 * 32 * 32];
    weights[3 * 32 * 32 + 16 * 32 + 16] = 1; // open: how blue the middle is
    Value y = graph.conv(x, new Weights(new int[] {2, 3, 32, 32}, weights), null, 1, 0, 1);
    graph.output(y, "y", 1, 2, 1, 1);
    Path file = Files.write(folder.resolve("eyes.onnx"), OnnxFile.write(graph.build()));
    byte[] rgb = new byte[3 * WIDTH * HEIGHT];
    for (int row = 45; row < 56; row++) {
      for (int column = 65; column < 76; column++) {
        rgb[3 * (row * WIDTH + column) + 2] = (byte) 255;
      }
    }
    Image oneBlueEye = Image.ofRgb(WIDTH, HEIGHT, rgb);
    float[] arcFace = {
      38.2946f, 51.6963f, 73.5318f, 51.5014f, 56.0252f, 71.7366f, 41.5493f, 92.3655f, 70.7299f,
      92.2041f
    };
    float[] here = new float[10];
    for (int i = 0; i < here.length; i++) {
      here[i] = arcFace[i] + (i % 2 == 0 ? 70 - arcFace[0] : 50 - arcFace[1]);
    }
    Face face = new Face(new Box(50, 10, 130, 120), Landmarks.of(here), 1);
    try (FaceAttribute eyes = OnnxFaceAttribute.open(entry, List.of(file, file))) {
      FaceAttribute.Scores told = eyes.classify(oneBlueEye, List.of(face)).get(0);
      // The blue eye gives (255 - 127) / 255 and the black one -127 / 255.
      assertEquals((128 - 127) / 255f / 2, told.probability("open"), 1e-4);
      assertEquals(0, told.probability("closed"), 127 / 255f + 1e-4);
    }
  }

  /** All cards of the catalog can be used, and say what may be done with the weights. */
  @Test
  void everyCardOfTheCatalogIsWhole() {
    List<CatalogEntry> entries = ModelCatalog.installed().entries(Kind.FACE_ATTRIBUTE);
    assertTrue(entries.size() >= 12, entries.toString());
    for (CatalogEntry entry : entries) {
      assertTrue(!entry.output().isEmpty() && !entry.inputs().isEmpty(), entry.id());
      assertTrue(entry.files().stream().noneMatch(f -> f.names().isEmpty()), entry.id());
    }
  }
}
