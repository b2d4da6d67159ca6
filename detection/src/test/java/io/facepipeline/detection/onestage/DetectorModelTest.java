package io.facepipeline.detection.onestage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.LandmarkFinder;
import io.facepipeline.Landmarks;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.ModelNotFoundException;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.ModelStoreException;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The catalog, files and settings of one-stage detectors, and what is refused. */
class DetectorModelTest {
  @TempDir Path folder;

  /** A finder that says whether it was closed. */
  private static final class Finder implements LandmarkFinder, AutoCloseable {
    private boolean closed;

    @Override
    public List<Landmarks> landmarks(Image image, List<Box> boxes) {
      return boxes.stream()
          .map(b -> Landmarks.of(b.x1(), 0, b.x2(), 0, b.y1(), 0, b.y2(), 0, 0, 0))
          .toList();
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static Image noise(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    new Random(3).nextBytes(rgb);
    return Image.ofRgb(width, height, rgb);
  }

  @Test
  void theCatalogHasEveryFamilyWithItsLicenseAndAccuracy() {
    for (DetectorModel constant :
        List.of(
            DetectorModel.YUNET,
            DetectorModel.YUNET_S,
            DetectorModel.SCRFD_500M,
            DetectorModel.SCRFD_2_5G,
            DetectorModel.SCRFD_10G,
            DetectorModel.RETINAFACE_MOBILENET_025,
            DetectorModel.RETINAFACE_MOBILENET_V2,
            DetectorModel.ULTRA_LIGHT_320,
            DetectorModel.ULTRA_LIGHT_640)) {
      CatalogEntry entry = constant.entry().orElseThrow();
      assertTrue(DetectorModel.named(constant.toString()).isPresent());
      assertEquals(3, entry.accuracies().size(), entry.id());
      assertEquals(
          entry.architecture().equals("SCRFD"), entry.file().license().restricted(), entry.id());
    }
    assertEquals(9, DetectorModel.values().size());
    assertEquals(Optional.empty(), DetectorModel.named("mtcnn"), "a cascade");
    assertEquals(89.2, DetectorModel.YUNET.entry().orElseThrow().accuracies().get(0).percent());
  }

  @Test
  void aPublishedFileIsKnownByItsHash() {
    Path file = SharedData.path("models/others/yunet_n_dynamic.onnx");
    assertEquals("yunet", DetectorModel.of(file).entry().orElseThrow().id());
    ModelStore store = ModelStore.of(file.getParent());
    try (FaceDetector detector = DetectorModel.YUNET.withModels(store).open()) {
      assertEquals("yunet", detector.toString());
    }
  }

  @Test
  void aStoreForCommercialUseTakesAFileOnlyIfACatalogAllowsIt() throws Exception {
    Path file = FormulaDetectors.yunet(folder);
    DetectorModel model =
        DetectorModel.of(file).withModels(ModelStore.builder().onlyCommercialUse().build());
    String refused = assertThrows(ModelStoreException.class, model::open).getMessage();
    assertTrue(refused.contains(file.toString()), refused);
    assertTrue(refused.contains("\"commercialUse\": \"yes\""), refused);
    String entry =
        """
        {"id": "theirs", "kind": "face-detector", "architecture": "YuNet", "format": "onnx",
         "files": [{"name": "yunet_formula.onnx"}], "origin": "a test", "license": "MIT"}
        """;
    Files.writeString(folder.resolve("yunet_formula.model.json"), entry);
    model.open().close();
  }

  @Test
  void aCatalogBesideTheFileSaysHowItIsFed() throws Exception {
    Path file = FormulaDetectors.yunet(folder);
    assertEquals(Optional.empty(), DetectorModel.of(file).entry());
    Image image = noise(160, 96);
    List<Face> before = detect(DetectorModel.of(file), image);
    String entry =
        """
        {"id": "theirs", "kind": "face-detector", "architecture": "YuNet", "format": "onnx",
         "files": [{"name": "yunet_formula.onnx"}], "origin": "a test", "license": "MIT",
         "crop": {"width": 160, "height": 160}, "colorOrder": "RGB", "mean": [10], "deviation": [2]}
        """;
    Path beside = folder.resolve("yunet_formula.model.json");
    Files.writeString(beside, entry);
    assertEquals("theirs", DetectorModel.of(file).entry().orElseThrow().id());
    List<Face> fed = detect(DetectorModel.of(file), image);
    assertFalse(fed.isEmpty());
    assertFalse(before.equals(fed), "other colors give other faces");
    // The same as the first with pixels that make up for it: ten more than twice, and swapped.
    byte[] rgb = new byte[3 * 160 * 96];
    byte[] twice = new byte[rgb.length];
    Random random = new Random(5);
    for (int i = 0; i < rgb.length; i += 3) {
      for (int c = 0; c < 3; c++) {
        rgb[i + c] = (byte) random.nextInt(120);
        twice[i + 2 - c] = (byte) (2 * rgb[i + c] + 10);
      }
    }
    List<Face> other = detect(DetectorModel.of(file), Image.ofRgb(160, 96, twice));
    Files.delete(beside);
    assertEquals(detect(DetectorModel.of(file), Image.ofRgb(160, 96, rgb)), other);

    Files.writeString(beside, entry.replace("YuNet", "SCRFD"));
    assertRefused(file, "YuNet", "SCRFD", "theirs");
    Files.writeString(beside, entry.replace("YuNet", "Unet"));
    assertRefused(file, "Unet", "RetinaFace");
  }

  private static List<Face> detect(DetectorModel model, Image image) {
    try (FaceDetector detector = model.open()) {
      return detector.detect(image);
    }
  }

  private static void assertRefused(Path file, String... words) {
    MalformedModelException refused =
        assertThrows(MalformedModelException.class, () -> DetectorModel.of(file).open());
    for (String word : words) {
      assertTrue(refused.getMessage().contains(word), refused.getMessage());
    }
  }

  @Test
  void boxesNeedAFinderWhichIsClosedWithTheDetector() {
    Path file = FormulaDetectors.ultraLight(folder);
    IllegalStateException none =
        assertThrows(IllegalStateException.class, () -> DetectorModel.of(file).open());
    assertTrue(none.getMessage().contains("withLandmarks"), none.getMessage());
    Finder finder = new Finder();
    try (FaceDetector detector = DetectorModel.of(file).withLandmarks(() -> finder).open()) {
      assertFalse(detector.detect(noise(320, 256)).isEmpty());
      assertFalse(finder.closed);
    }
    assertTrue(finder.closed);
  }

  @Test
  void otherNetworksAreRefusedByTheirOutputs() throws Exception {
    assertRefused(network(Map.of("a", 1, "b", 4)), "a[1, 24, 1]", "YuNet", "Ultra-Light");
    assertRefused(network(Map.of("scores", 2, "boxes", 4, "depth", 7)), "depth");
    assertThrows(
        ModelNotFoundException.class,
        () -> DetectorModel.of(folder.resolve("nowhere.onnx")).open());
    Path text = Files.writeString(folder.resolve("text.onnx"), "no model");
    assertThrows(MalformedModelException.class, () -> DetectorModel.of(text).open());
  }

  /** Looks like Ultra-Light, but has too few rows for its input. */
  @Test
  void aNetworkThatOnlyLooksLikeOneIsRefusedWhenItIsOpened() throws Exception {
    assertRefused(network(Map.of("scores", 2, "boxes", 4)), "Ultra-Light", "64x96");
  }

  private Path network(Map<String, Integer> outputs) throws IOException {
    GraphBuilder graph = new GraphBuilder("other");
    var input = graph.input("input", 1, 3, 96, 64);
    outputs.forEach(
        (name, width) ->
            graph.output(
                graph.reshape(graph.slice(graph.flatten(input), 1, 0, 24L * width), 1, 24, width),
                name,
                1,
                24,
                width));
    return Files.write(folder.resolve("other.onnx"), OnnxFile.write(graph.build()));
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    DetectorModel model = DetectorModel.YUNET;
    assertThrows(IllegalArgumentException.class, () -> model.withScoreThreshold(0));
    assertThrows(IllegalArgumentException.class, () -> model.withScoreThreshold(Float.NaN));
    assertThrows(IllegalArgumentException.class, () -> model.withSuppression(0.05f));
    assertThrows(IllegalArgumentException.class, () -> model.withSuppression(1.5f));
    assertThrows(IllegalArgumentException.class, () -> model.withInputSize(31));
    assertThrows(IllegalArgumentException.class, () -> model.withInputSize(4097));
    assertThrows(IllegalArgumentException.class, () -> model.withMinFaceSize(0));
    assertThrows(IllegalArgumentException.class, () -> model.withParallelism(0));
    CatalogEntry cascade = ModelCatalog.installed().entry("mtcnn").orElseThrow();
    assertThrows(IllegalArgumentException.class, () -> DetectorModel.of(cascade));
  }

  @Test
  void settingsDoWhatTheySay() {
    Path file = FormulaDetectors.yunet(folder);
    Image image = noise(150, 90);
    DetectorModel model = DetectorModel.of(file).withScoreThreshold(0.6f);
    List<Face> all = detect(model, image);
    List<Face> better = detect(model.withScoreThreshold(0.75f), image);
    assertTrue(!better.isEmpty() && better.size() < all.size());
    assertTrue(better.stream().allMatch(face -> face.score() >= 0.75f));
    List<Face> larger = detect(model.withMinFaceSize(20), image);
    assertTrue(!larger.isEmpty() && larger.size() < all.size());
    assertTrue(detect(model.withSuppression(0.1f), image).size() <= all.size());
    assertEquals(all, detect(model.withParallelism(1), image));
  }
}
