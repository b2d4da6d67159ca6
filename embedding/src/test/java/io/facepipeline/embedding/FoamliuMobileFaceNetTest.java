package io.facepipeline.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.ModelCard;
import io.facepipeline.ModelCardBuilder;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.ModelNotFoundException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.testkit.FaceEmbedderContract;
import io.facepipeline.testkit.ResidentMemory;
import io.facepipeline.testkit.SharedData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * foamliu's MobileFaceNet with its published weights, from the checkpoint and from an ONNX file
 * without a card.
 */
class FoamliuMobileFaceNetTest extends FaceEmbedderContract {
  private static final String CHECKPOINT = "models/mobilefacenet/mobilefacenet_foamliu.pt";
  private static final String ONNX = "models/mobilefacenet/mobilefacenet_foamliu_dynamic.onnx";
  private static final Face FACE =
      new Face(new Box(0, 0, 10, 10), Landmarks.of(3, 3, 7, 3, 5, 5, 3, 8, 7, 8), 1);

  @Override
  protected FaceEmbedder embedder() {
    return Backbone.MOBILEFACENET_FOAMLIU.load(SharedData.path(CHECKPOINT));
  }

  @Test
  void embedsTheGoldenCropsAsTheReference() {
    try (FaceEmbedder embedder = embedder()) {
      assertGolden(embedder);
    }
  }

  @Test
  void embedsTheGoldenCropsFromSomebodyElsesOnnxFile() {
    try (FaceEmbedder embedder = thirdParty(card().build())) {
      assertEquals("theirs", embedder.card().id());
      assertGolden(embedder);
    }
  }

  @Test
  void isRecognisedByItsTensors() {
    assertEquals(Backbone.MOBILEFACENET_FOAMLIU, Backbone.detect(SharedData.path(CHECKPOINT)));
    assertEquals(
        Backbone.MOBILEFACENET_FOAMLIU, Backbone.named("mobilefacenet-foamliu").orElseThrow());
    assertThrows(
        MalformedModelException.class,
        () -> Backbone.detect(SharedData.path("models/mtcnn/pnet.pt")));
  }

  @Test
  void mirroringAddsTheFeaturesOfBothViews() {
    Path checkpoint = SharedData.path(CHECKPOINT);
    try (FaceEmbedder plain = Backbone.MOBILEFACENET_FOAMLIU.load(checkpoint);
        FaceEmbedder mirrored =
            Backbone.MOBILEFACENET_FOAMLIU.load(
                checkpoint, EmbedderOptions.defaults().withMirrored(true).withBatchSize(2))) {
      List<AlignedFace> crops = crops(plain, 5);
      List<AlignedFace> flipped =
          crops.stream()
              .map(c -> AlignedFace.of(FACE, c.spec(), c.toImage().mirrored().toRgb()))
              .toList();
      List<Embedding> both = mirrored.embed(crops);
      List<Embedding> same = mirrored.embed(flipped);
      List<Embedding> single = plain.embed(crops);
      for (int i = 0; i < both.size(); i++) {
        assertEquals(1, both.get(i).similarity(same.get(i)), 1e-5);
        assertNotEquals(
            1,
            both.get(i)
                .similarity(Embedding.of(both.get(i).fingerprint(), single.get(i).toArray())),
            1e-4);
      }
    }
  }

  @Test
  void aConvertedModelIsItsOwnDescription(@TempDir Path folder) throws Exception {
    Path checkpoint = SharedData.path(CHECKPOINT);
    Path onnx = folder.resolve("model.onnx");
    Files.write(onnx, Backbone.MOBILEFACENET_FOAMLIU.convert(Checkpoint.read(checkpoint)));
    try (FaceEmbedder embedder = OnnxFaceEmbedder.load(onnx, EmbedderOptions.defaults());
        FaceEmbedder original = embedder()) {
      assertEquals(original.card(), embedder.card());
      assertEquals(0.482f, embedder.card().identificationThreshold());
      List<AlignedFace> crops = crops(embedder, 2);
      List<Embedding> expected = original.embed(crops);
      List<Embedding> actual = embedder.embed(crops);
      for (int i = 0; i < crops.size(); i++) {
        assertEquals(1, expected.get(i).similarity(actual.get(i)), 1e-5);
      }
    }
  }

  @Test
  void refusesCardsThatDoNotFitTheFile() {
    assertRefused(card().crop(CropSpec.arcFace(96)), "96");
    assertRefused(card().colorOrder(ModelCard.ColorOrder.GREY), "1");
    assertRefused(card().embeddingSize(512), "512");
    Path onnx = SharedData.path(ONNX);
    MalformedModelException noCard =
        assertThrows(
            MalformedModelException.class,
            () -> OnnxFaceEmbedder.load(onnx, EmbedderOptions.defaults()));
    assertTrue(noCard.getMessage().contains("no card"), noCard.getMessage());
    assertThrows(
        ModelNotFoundException.class,
        () -> OnnxFaceEmbedder.load(Path.of("missing.onnx"), EmbedderOptions.defaults()));
  }

  @Test
  void residentMemoryStaysFlat() {
    try (FaceEmbedder embedder = embedder()) {
      List<AlignedFace> crops = crops(embedder, 1);
      for (int i = 0; i < 300; i++) {
        embedder.embed(crops);
      }
      long before = ResidentMemory.kibibytes();
      for (int i = 0; i < 2000; i++) {
        embedder.embed(crops);
      }
      long grown = ResidentMemory.kibibytes() - before;
      assertTrue(grown < 40_000, "2,000 embeddings grew resident memory by " + grown + " KiB");
    }
  }

  private static void assertRefused(ModelCardBuilder card, String named) {
    SharedData.path(ONNX); // skips here; inside assertThrows the skip would count as a failure
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> thirdParty(card.build()));
    assertTrue(e.getMessage().contains(named), e.getMessage());
  }

  private static FaceEmbedder thirdParty(ModelCard card) {
    return OnnxFaceEmbedder.load(SharedData.path(ONNX), card, EmbedderOptions.defaults());
  }

  private static ModelCardBuilder card() {
    return ModelCard.builder("theirs").embeddingSize(128).crop(CropSpec.arcFace(112));
  }

  private static void assertGolden(FaceEmbedder embedder) {
    JsonArray golden =
        SharedData.json("golden/embeddings.json").getAsJsonObject().getAsJsonArray("mobilefacenet");
    assertTrue(golden.size() > 5);
    for (JsonElement element : golden) {
      JsonObject entry = element.getAsJsonObject();
      String file = file(entry);
      Image crop = Image.read(SharedData.path("golden/aligned/" + file));
      Embedding actual =
          embedder.embed(List.of(AlignedFace.of(FACE, embedder.crop(), crop.toRgb()))).get(0);
      JsonArray values = entry.getAsJsonArray("embedding");
      float[] expected = new float[values.size()];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = values.get(i).getAsFloat();
      }
      float cosine = actual.similarity(Embedding.of(actual.fingerprint(), expected));
      assertTrue(cosine >= 0.9999f, file + ": cosine " + cosine);
    }
  }

  private static String file(JsonObject entry) {
    return entry.get("crop").getAsString();
  }
}
