package io.facepipeline.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.Identification;
import io.facepipeline.Image;
import io.facepipeline.ModelCard;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.testkit.FaceEmbedderContract;
import io.facepipeline.testkit.SharedData;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedder inside the artifact: nothing else is needed. */
class DefaultEmbedderTest extends FaceEmbedderContract {
  @Override
  protected FaceEmbedder embedder() {
    return DefaultModels.embedder();
  }

  @Test
  void aPipelineOfDefaultsKnowsWhomItWasShown() {
    try (FacePipeline faces = FacePipeline.create()) {
      faces.enroll("ada", Image.read(SharedData.album("people/ada/ada_1.jpg")));
      faces.enroll("bao", Image.read(SharedData.album("people/bao/bao_1.jpg")));
      List<Identification> found =
          faces.identify(Image.read(SharedData.album("people/ada/ada_3.jpg")));
      assertEquals(
          List.of("ada"), found.stream().map(i -> i.isKnown() ? i.label() : "nobody").toList());
      assertTrue(
          faces
              .verify(
                  Image.read(SharedData.album("people/bao/bao_1.jpg")),
                  Image.read(SharedData.album("people/bao/bao_2.jpg")))
              .same());
      assertFalse(
          faces
              .verify(
                  Image.read(SharedData.album("people/ada/ada_1.jpg")),
                  Image.read(SharedData.album("people/bao/bao_2.jpg")))
              .same());
    }
  }

  /** The numbers on the card hang on these very weights. */
  @Test
  void theCardIsThatOfTheWeights() throws URISyntaxException {
    URL weights =
        Objects.requireNonNull(
            DefaultModels.class.getResource(DefaultModels.EMBEDDER + "/embedder.safetensors"));
    try (FaceEmbedder embedder = embedder()) {
      ModelCard card = embedder.card();
      assertEquals(DefaultModels.EMBEDDER, card.id());
      assertEquals(Checkpoint.sha256(Path.of(weights.toURI())), card.sourceSha256());
      ModelCard.Thresholds measured = card.measured().orElseThrow();
      assertTrue(measured.impostorPairs() > 100_000, measured.toString());
      assertTrue(measured.verification() < measured.identification(), measured.toString());
      // What galleries record; another one refuses them.
      assertEquals("compact-default@39f605fa3034:1a81e7ef", card.fingerprint());
    }
  }

  /** A jar of models like any other: by its id, from the class path, by way of the cache. */
  @Test
  void theModelsAreEntriesOfTheCatalog(@TempDir Path cache) {
    CatalogEntry detector =
        ModelCatalog.installed().require(Kind.FACE_DETECTOR, DefaultModels.MTCNN);
    ModelStore store = ModelStore.builder().cache(cache).offline(true).build();
    List<String> hashes = store.require(detector.files()).stream().map(Checkpoint::sha256).toList();
    assertEquals(DefaultModels.mtcnnWeights().stream().map(Checkpoint::sha256).toList(), hashes);
    Backbone backbone = Backbone.named(DefaultModels.EMBEDDER).orElseThrow();
    try (FaceEmbedder found = backbone.load(store, EmbedderOptions.defaults());
        FaceEmbedder own = embedder()) {
      assertEquals(own.card(), found.card());
      assertEquals(ModelCard.CommercialUse.UNSTATED, own.card().commercialUse());
      assertTrue(own.card().trainedOn().contains("LFW"), own.card().trainedOn());
    }
  }
}
