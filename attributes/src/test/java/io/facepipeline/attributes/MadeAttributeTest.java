package io.facepipeline.attributes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Face;
import io.facepipeline.FaceAttribute;
import io.facepipeline.Image;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.testkit.FaceAttributeContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on networks that the test makes: one says how dark a face is, one how red. */
class MadeAttributeTest extends FaceAttributeContract {
  private static final int SIDE = 8;

  @TempDir Path folder;

  @Override
  protected FaceAttribute attribute() {
    network(3);
    return load(card(3));
  }

  /** The same network twice, on a near and on a wide crop. */
  private static String card(int channels) {
    String file = "{'name': 'network" + channels + ".onnx', 'crop': {'width': 8, 'height': 8,";
    return "{'id': 'made', 'kind': 'face-attribute', 'attribute': 'shade', 'architecture': 'Made',"
        + " 'format': 'onnx', 'files': ["
        + file
        + " 'rule': 'scaled-box 1 square'}}, "
        + file
        + " 'rule': 'scaled-box 2'}}], 'origin': 'test', 'license': 'MIT', 'colorOrder': 'RGB',"
        + " 'mean': [0], 'deviation': [255], 'classes': ['dark', 'red', 'dark']}";
  }

  private FaceAttribute load(String card) {
    CatalogEntry entry =
        ModelCatalog.parse("a card", card.replace('\'', '"')).entry("made").orElseThrow();
    return OnnxFaceAttribute.load(entry, ModelStore.of(folder));
  }

  /** Logits: minus the greenness, the redness, minus the redness. */
  private Path network(int channels) {
    float[] weights = new float[3 * channels * SIDE * SIDE];
    for (int i = 0; i < channels * SIDE * SIDE; i++) {
      int plane = i / (SIDE * SIDE);
      weights[i] = plane == 1 ? -0.1f : 0;
      weights[channels * SIDE * SIDE + i] = plane == 0 ? 0.1f : 0;
      weights[2 * channels * SIDE * SIDE + i] = plane == 0 ? -0.1f : 0;
    }
    GraphBuilder graph = new GraphBuilder("made");
    Value x = graph.input("x", 1, channels, SIDE, SIDE);
    Value y =
        graph.conv(x, new Weights(new int[] {3, channels, SIDE, SIDE}, weights), null, 1, 0, 1);
    graph.output(y, "y", 1, 3, 1, 1);
    try {
      return Files.write(
          folder.resolve("network" + channels + ".onnx"), OnnxFile.write(graph.build()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatIsRedIsToldApartFromWhatIsNot() {
    try (FaceAttribute attribute = attribute()) {
      FaceAttribute.Scores red =
          attribute.classify(plain(250, 0, 0), List.of(face(5, 5, 40))).get(0);
      assertEquals("red", red.best().label());
      assertTrue(red.probability("red") > 0.99, red.toString());
      FaceAttribute.Scores dark =
          attribute.classify(plain(0, 0, 0), List.of(face(5, 5, 40))).get(0);
      // Three equal logits, two of which mean the same.
      assertEquals(2 / 3f, dark.probability("dark"), 1e-5f);
      assertThrows(IllegalArgumentException.class, () -> dark.probability("blue"));
    }
  }

  @Test
  void aNetworkOfAnotherShapeIsRefused() {
    network(3);
    refused("'colorOrder': 'RGB'", "'colorOrder': 'GREY'", "[1, 3, 8, 8]");
    refused("['dark', 'red', 'dark']", "['dark', 'red', 'no', 'yes']", "returns 3 values");
    refused("'width': 8, 'height': 8", "'width': 8, 'height': 9", "[1, 3, 9, 8]");
    refused("'classes'", "'output': {'kind': 'logits', 'name': 'z'}, 'classes'", "[y], not z");
    refused("'classes'", "'output': {'kind': 'logits', 'from': 1}, 'classes'", "at least 4");
  }

  private void refused(String right, String wrong, String said) {
    String card = card(3).replace(right, wrong);
    assertNotEquals(card(3), card);
    MalformedModelException e = assertThrows(MalformedModelException.class, () -> load(card));
    assertTrue(e.getMessage().contains(said), e.getMessage());
  }

  /** What a card beside a file says of it, and of another file in its folder. */
  @Test
  void aFileIsReadByTheCardBesideIt() throws IOException {
    Path file = network(3);
    Files.writeString(folder.resolve("network3.model.json"), card(3).replace('\'', '"'));
    List<Face> faces = List.of(face(5, 5, 40));
    try (FaceAttribute beside = OnnxFaceAttribute.load(file);
        FaceAttribute named = load(card(3))) {
      assertEquals(named.card(), beside.card());
      assertEquals(named.classify(plain(9, 80, 7), faces), beside.classify(plain(9, 80, 7), faces));
    }
    Files.delete(folder.resolve("network3.model.json"));
    MalformedModelException none =
        assertThrows(MalformedModelException.class, () -> OnnxFaceAttribute.load(file));
    assertTrue(none.getMessage().contains("network3.model.json"), none.getMessage());
  }

  private static Image plain(int red, int green, int blue) {
    byte[] rgb = new byte[3 * 60 * 50];
    for (int i = 0; i < rgb.length; i += 3) {
      rgb[i] = (byte) red;
      rgb[i + 1] = (byte) green;
      rgb[i + 2] = (byte) blue;
    }
    return Image.ofRgb(60, 50, rgb);
  }
}
