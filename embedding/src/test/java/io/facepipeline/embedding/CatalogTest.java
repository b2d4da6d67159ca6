package io.facepipeline.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.CropSpec;
import io.facepipeline.ModelCard;
import io.facepipeline.ModelCard.CommercialUse;
import io.facepipeline.embedding.internal.EntryCards;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.catalog.ModelCatalog;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The entries of the library's own embedders. */
class CatalogTest {
  /**
   * Galleries and classifiers keep the digits after the colon: an entry that is fed in another way
   * makes them unreadable.
   */
  @ParameterizedTest
  @CsvSource({
    "mobilefacenet-foamliu, MobileFaceNet (foamliu), 1a81e7ef",
    "mobilefacenet, MobileFaceNet, 12a074eb",
    "facenet-vggface2, InceptionResnetV1, bfb7805d",
    "facenet-casia-webface, InceptionResnetV1, bfb7805d",
    "ir-50, IR-50, 12a074eb",
    "ir-50-asia, IR-50, 12a074eb",
    "ir-101, IR-101, 12a074eb",
    "ir-152, IR-152, 12a074eb",
    "ir-se-50, IR-SE-50, 12a074eb",
    "ir-se-101, IR-SE-101, 12a074eb",
    "ir-se-152, IR-SE-152, 12a074eb",
    "resnet-50, ResNet-50, 12a074eb",
    "resnet-101, ResNet-101, 12a074eb",
    "resnet-152, ResNet-152, 12a074eb",
    "ghostnet, GhostNet, 12a074eb",
    "attentionnet-ir-56, AttentionNet-IR-56, 12a074eb",
    "attentionnet-ir-92, AttentionNet-IR-92, 12a074eb",
    "lightcnn-9, LightCNN-9, 62c971b1",
    "lightcnn-29, LightCNN-29, 62c971b1",
    "lightcnn-29v2, LightCNN-29v2, 62c971b1",
    "lightcnn-v4, LightCNN-v4, 63e7a250",
    "edgeface-xxs-int8, EdgeFace XXS, 35de8441",
    "edgeface-xs-int8, EdgeFace XS, 35de8441",
    "mobilefacenet-xiaoccer, MobileFaceNet 112x96 (Xiaoccer), 59c945a7",
  })
  void publishedGalleriesStayReadable(String id, String architecture, String preparation) {
    Backbone backbone = Backbone.named(id).orElseThrow();
    assertEquals(architecture, Architecture.named(backbone.architecture()).name());
    // Of a published file the card has the catalog's facts, of any other none.
    String known = backbone.file().usual().sha256();
    ModelCard own =
        EntryCards.card(
            backbone.entry(), Path.of("x.pth"), known.isEmpty() ? "00ff" : known, "a", 512);
    assertEquals(known.isEmpty() ? "x" : id, own.id());
    assertEquals(known.isEmpty() ? "unknown" : backbone.file().origin(), own.origin());
    ModelCard sized =
        EntryCards.card(
            backbone.entry(), Path.of("x.pth"), "00ff", architecture, backbone.embeddingSize());
    assertEquals("x@00ff:" + preparation, sized.fingerprint());
    assertEquals(Optional.empty(), sized.measured());
  }

  /**
   * How the authors' own code feeds each network: OpenCV's {@code FaceRecognizerSF}, InsightFace's
   * {@code ArcFaceONNX}, and the classes {@code MobileFace}, {@code EdgeFace} and {@code AdaFace}
   * of github.com/yakhyo. All cut 112x112 by ArcFace's template.
   */
  @ParameterizedTest
  @CsvSource({
    "mobileface-mnv1-025, RGB, 127.5, 127.5, 512, UNSTATED",
    "mobileface-mnv2, RGB, 127.5, 127.5, 512, UNSTATED",
    "mobileface-mnv3-small, RGB, 127.5, 127.5, 512, UNSTATED",
    "mobileface-mnv3-large, RGB, 127.5, 127.5, 512, UNSTATED",
    "edgeface-xxs, RGB, 127.5, 127.5, 512, NO",
    "edgeface-xs, RGB, 127.5, 127.5, 512, NO",
    "edgeface-s, RGB, 127.5, 127.5, 512, NO",
    "adaface-ir18, BGR, 127.5, 127.5, 512, UNSTATED",
    "adaface-ir101, BGR, 127.5, 127.5, 512, UNSTATED",
    "w600k-mbf, RGB, 127.5, 127.5, 512, NO",
    "w600k-r50, RGB, 127.5, 127.5, 512, NO",
    "glintr100, RGB, 127.5, 127.5, 512, NO",
    "sface, RGB, 0, 1, 128, YES",
    "edgeface-xxs-int8, RGB, 127.5, 127.5, 512, NO",
    "edgeface-xs-int8, RGB, 127.5, 127.5, 512, NO",
  })
  void laterEmbeddersAreFedAsTheirAuthorsFeedThem(
      String id,
      ModelCard.ColorOrder order,
      float mean,
      float deviation,
      int size,
      CommercialUse use) {
    CatalogEntry entry = Backbone.named(id).orElseThrow().entry();
    assertEquals(CropSpec.arcFace(112), entry.input().crop());
    assertEquals(order, entry.input().colorOrder());
    assertEquals(List.of(mean), entry.input().mean());
    assertEquals(List.of(deviation), entry.input().deviation());
    assertEquals(size, entry.embeddingSize());
    assertEquals(use, entry.file().license().commercialUse());
    assertEquals(use == CommercialUse.NO, entry.file().license().restricted());
  }

  @Test
  void theConstantsAreTheCatalogsEntries() {
    List<Backbone> constants =
        Stream.of(Backbone.class.getFields())
            .filter(field -> field.getType() == Backbone.class)
            .map(
                field -> {
                  try {
                    return (Backbone) field.get(null);
                  } catch (IllegalAccessException e) {
                    throw new AssertionError(e);
                  }
                })
            .toList();
    assertEquals(21, constants.size());
    // Of later models there are only entries: a constant is a line of the API.
    assertEquals(constants, Backbone.values().subList(0, constants.size()));
    for (Backbone backbone : constants) {
      assertEquals(Optional.of(backbone), Backbone.named(backbone.id()));
      assertEquals(Kind.FACE_EMBEDDER, backbone.entry().kind());
    }
    assertEquals(Optional.empty(), Backbone.named("resnet50-imagenet"));
  }

  @Test
  void aBackboneIsAnEmbedders() {
    CatalogEntry classes =
        ModelCatalog.installed().require(Kind.IMAGE_CLASSIFIER, "resnet50-imagenet");
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Backbone.of(classes));
    assertTrue(e.getMessage().contains("resnet50-imagenet"), e.getMessage());
  }

  @Test
  void everyArchitectureHasANameOfItsOwn() {
    List<String> names = Architecture.known().stream().map(Architecture::name).toList();
    assertEquals(names.size(), names.stream().distinct().count());
    assertTrue(names.containsAll(List.of("CompactNet", "IR-50", "torchvision AlexNet")));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Architecture.named("IR-51"));
    assertTrue(e.getMessage().contains("IR-51") && e.getMessage().contains("IR-50"));
    assertFalse(e.getMessage().contains("null"));
  }
}
