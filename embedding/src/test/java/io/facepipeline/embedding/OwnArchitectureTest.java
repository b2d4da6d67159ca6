package io.facepipeline.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.CropSpec;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.ModelCard;
import io.facepipeline.Verification;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;
import io.facepipeline.onnx.store.ModelStore;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backbone of one's own: a class, a line for the service loader, and an entry as JSON. */
class OwnArchitectureTest {
  /** Two convolutions and a dense layer. */
  public static final class TinyNet implements Architecture {
    @Override
    public String name() {
      return "TinyNet";
    }

    @Override
    public int outputSize(Checkpoint checkpoint) {
      return checkpoint.tensor("fc.weight").shape()[0];
    }

    @Override
    public List<String> ignoredPrefixes() {
      return List.of("people.");
    }

    @Override
    public <V> V forward(Layers<V> layers, V x, int outputs) {
      x = layers.conv2d(x, "conv1", 8, Window.square(3, 4, 1), false);
      x = layers.relu(layers.batchNorm(x, "bn1", 1e-5f));
      x = layers.prelu(layers.conv2d(x, "conv2", 16, Window.square(3, 4, 1), false), "prelu2");
      return layers.linear(layers.flatten(x), "fc", 16 * 4 * 4, outputs, false);
    }
  }

  private static final String ENTRY =
      """
      {
        "id": "tiny-faces",
        "kind": "face-embedder",
        "architecture": "TinyNet",
        "files": [{"name": "tiny.safetensors", "sha256": "HASH"}],
        "origin": "our own",
        "license": {"name": "ours", "url": "https://example.org/ours"},
        "crop": {"width": 64, "height": 64, "rule": "margin 8"},
        "colorOrder": "BGR",
        "mean": [127.5],
        "deviation": [128],
        "embeddingSize": 32,
        "thresholds": {"verification": 0.9, "identification": 0.95, "impostorPairs": 9, "data": "ours"}
      }
      """;

  @TempDir Path folder;
  private Path weights = Path.of("");
  private ModelStore store = ModelStore.of();
  private ClassLoader before = ClassLoader.getSystemClassLoader();
  private URLClassLoader loader = new URLClassLoader(new URL[0]);

  /** What a jar of one's own holds beside the class. */
  @BeforeEach
  void putTheJarOnTheClassPath() throws IOException {
    Path services = Files.createDirectories(folder.resolve("jar/META-INF/services"));
    Files.writeString(services.resolve(Architecture.class.getName()), TinyNet.class.getName());
    weights = Checkpoint.of(tensors(1)).write(folder.resolve("tiny.safetensors"));
    store =
        ModelStore.builder()
            .cache(folder.resolve("cache"))
            .offline(true)
            .folder(Files.createDirectories(folder.resolve("models")))
            .build();
    before = Thread.currentThread().getContextClassLoader();
    useNewLoader();
  }

  private void useNewLoader() throws IOException {
    loader = new URLClassLoader(new URL[] {folder.resolve("jar").toUri().toURL()}, before);
    Thread.currentThread().setContextClassLoader(loader);
  }

  @AfterEach
  void takeItAway() throws IOException {
    Thread.currentThread().setContextClassLoader(before);
    loader.close();
  }

  private static Map<String, Tensor> tensors(long seed) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Random random = new Random(seed);
    add(tensors, random, "conv1.weight", 8, 3, 3, 3);
    add(tensors, random, "bn1.weight", 8);
    add(tensors, random, "bn1.bias", 8);
    add(tensors, random, "bn1.running_mean", 8);
    add(tensors, random, "bn1.running_var", 8);
    add(tensors, random, "conv2.weight", 16, 8, 3, 3);
    add(tensors, random, "prelu2.weight", 16);
    add(tensors, random, "fc.weight", 32, 256);
    add(tensors, random, "people.weight", 5, 32);
    return tensors;
  }

  private static void add(Map<String, Tensor> tensors, Random random, String name, int... shape) {
    int size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = name.endsWith("var") ? 1 : (float) random.nextGaussian() / 3;
    }
    tensors.put(name, Tensor.of(shape, values));
  }

  private String entry() {
    return ENTRY.replace("HASH", Checkpoint.sha256(weights));
  }

  /** Finds one face, wherever it is asked to look. */
  private static final class OneFace implements FaceDetector {
    @Override
    public List<Face> detect(Image image) {
      Landmarks landmarks = Landmarks.of(40, 40, 60, 40, 50, 50, 42, 62, 58, 62);
      return List.of(new Face(new Box(25, 20, 75, 80), landmarks, 1));
    }

    @Override
    public void close() {}
  }

  private static Image picture(int seed) {
    byte[] rgb = new byte[100 * 100 * 3];
    new Random(seed).nextBytes(rgb);
    return Image.ofRgb(100, 100, rgb);
  }

  @Test
  void aCatalogOnTheClassPathMakesItABackbone() throws Exception {
    Path json = folder.resolve("jar").resolve(ModelCatalog.RESOURCE);
    Files.createDirectories(json.getParent());
    Files.writeString(json, "{\"models\": [" + entry() + "]}");
    useNewLoader();
    Files.copy(weights, folder.resolve("models/tiny.safetensors"));

    Backbone tiny = Backbone.named("tiny-faces").orElseThrow();
    assertEquals(tiny, Backbone.values().get(Backbone.values().size() - 1));
    assertEquals(tiny, Backbone.detect(weights));
    FaceEmbedder embedder = tiny.load(store, EmbedderOptions.defaults());
    assertEquals("tiny-faces", embedder.card().id());
    assertEquals("ours", embedder.card().license());
    assertEquals(CropSpec.margin(64, 8), embedder.crop());
    assertEquals(0.9f, embedder.card().verificationThreshold());
    try (FacePipeline faces =
        FacePipeline.builder().detector(new OneFace()).embedder(embedder).build()) {
      assertEquals(32, faces.embed(picture(1)).get(0).embedding().toArray().length);
      Verification same = faces.verify(picture(1), picture(1));
      assertTrue(same.same(), same.toString());
      assertNotEquals(1, faces.verify(picture(1), picture(2)).similarity(), 1e-3);
    }
  }

  @Test
  void aCatalogBesideTheFileIsEnough() throws Exception {
    Files.writeString(folder.resolve("tiny.model.json"), entry());
    ModelFile file = ModelFile.read(weights);
    assertEquals(Optional.of("TinyNet"), file.architecture());
    assertEquals("tiny-faces", file.publication().orElseThrow().id());
    assertEquals(32, file.card().orElseThrow().embeddingSize());
    try (FaceEmbedder embedder = ModelFile.embedder(weights, EmbedderOptions.defaults(), store)) {
      assertEquals(file.card().orElseThrow(), embedder.card());
    }
    assertEquals(Optional.empty(), Backbone.named("tiny-faces"));

    // Of another training: fed alike, but nobody has measured it.
    Path other = Checkpoint.of(tensors(2)).write(folder.resolve("other.safetensors"));
    Files.copy(folder.resolve("tiny.model.json"), folder.resolve("other.model.json"));
    ModelCard card = ModelFile.read(other).card().orElseThrow();
    assertEquals("other", card.id());
    assertEquals("unknown", card.license());
    assertEquals(Optional.empty(), card.measured());
    assertEquals(CropSpec.margin(64, 8), card.crop());
  }

  @Test
  void aCatalogReadByOneselfIsEnoughToo() {
    Backbone tiny = Backbone.of(ModelCatalog.parse("ours", entry()).entry("tiny-faces").get());
    try (FaceEmbedder embedder =
        tiny.load(weights, EmbedderOptions.defaults(), store.converted())) {
      assertEquals("tiny-faces", embedder.card().id());
    }
    // A card alone says it, too.
    ModelCard card =
        ModelCard.builder("mine")
            .architecture("TinyNet")
            .embeddingSize(32)
            .crop(CropSpec.margin(64, 8))
            .build();
    try (FaceEmbedder embedder =
        OnnxFaceEmbedder.load(Checkpoint.read(weights), card, EmbedderOptions.defaults())) {
      assertEquals("mine", embedder.card().id());
    }
  }

  @Test
  void whereTheClassIsNotAtHandTheModelSaysSo() throws Exception {
    Thread.currentThread().setContextClassLoader(before);
    Files.writeString(folder.resolve("tiny.model.json"), entry());
    MalformedModelException e =
        assertThrows(
            MalformedModelException.class,
            () -> ModelFile.embedder(weights, EmbedderOptions.defaults(), store));
    assertTrue(e.getMessage().contains("TinyNet"), e.getMessage());
    assertTrue(e.getMessage().contains("META-INF/services"), e.getMessage());
  }
}
