package io.facepipeline.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.ModelCard;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.GalleryException.Reason;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that were written before fingerprints named how crops are prepared. */
class OlderFingerprintTest {
  private static final ModelCard RGB = card(4, "fixture", ModelCard.ColorOrder.RGB);
  private static final ModelCard BGR = card(4, "fixture", ModelCard.ColorOrder.BGR);

  @TempDir Path root;

  private static ModelCard card(int dimensions, String id, ModelCard.ColorOrder order) {
    return ModelCard.builder(id)
        .embeddingSize(dimensions)
        .crop(CropSpec.arcFace(112))
        .colorOrder(order)
        .sourceSha256("0123456789abcdef")
        .thresholds(new ModelCard.Thresholds(0.2f, 0.25f, 1, "none"))
        .build();
  }

  private Path resource(String name, Path to) throws Exception {
    Files.createDirectories(to.getParent());
    try (InputStream file = OlderFingerprintTest.class.getResourceAsStream(name)) {
      Files.copy(file, to);
    }
    return to;
  }

  @Test
  void anOlderGalleryOpensWithItsFileAndTakesTheFingerprintWhenItIsWrittenAnew() throws Exception {
    Path folder = resource("/gallery-v1/faces.log", root.resolve("v1/faces.log")).getParent();
    try (Gallery gallery = Gallery.open(folder)) {
      assertEquals("fixture@0123456789ab", gallery.fingerprint());
      assertEquals("ada", gallery.classify(vector(RGB, 1, 0)).label());
    }
    Gallery.open(folder, BGR).close();
    try (Gallery gallery = Gallery.open(folder, RGB)) {
      assertEquals(RGB.fingerprint(), gallery.fingerprint());
      assertEquals(1, gallery.embeddings("ada").get(0).similarity(vector(RGB, 1, 0)), 1e-6);
      assertThrows(IllegalArgumentException.class, () -> gallery.classify(vector(BGR, 1, 0)));
      gallery.compact(ProgressListener.NONE);
    }
    try (Gallery gallery = Gallery.open(folder)) {
      assertEquals(RGB.fingerprint(), gallery.fingerprint());
    }
    assertOtherModel(folder, BGR);
    assertOtherModel(folder, RGB.withMirrored(true));
    assertOtherModel(folder, RGB.withSourceSha256("1123456789abcdef"));
  }

  private static void assertOtherModel(Path folder, ModelCard card) {
    GalleryException e = assertThrows(GalleryException.class, () -> Gallery.open(folder, card));
    assertEquals(Reason.OTHER_MODEL, e.reason());
    assertTrue(e.getMessage().contains(card.fingerprint()), e.getMessage());
    assertTrue(e.getMessage().contains("preprocessing"), e.getMessage());
  }

  @Test
  void anExportIsForTheSamePreparationOnly() {
    for (String name : List.of("faces.csv", "faces.npz")) {
      Path file = root.resolve(name);
      try (Gallery rgb = Gallery.inMemory(RGB);
          Gallery again = Gallery.inMemory(RGB);
          Gallery bgr = Gallery.inMemory(BGR)) {
        rgb.enroll("ada", List.of(vector(RGB, 1, 0)));
        rgb.exportTo(file, ProgressListener.NONE);
        assertEquals(1, again.importFrom(file, ProgressListener.NONE));
        GalleryException e =
            assertThrows(GalleryException.class, () -> bgr.importFrom(file, ProgressListener.NONE));
        assertEquals(Reason.OTHER_MODEL, e.reason());
      }
    }
  }

  private static Embedding vector(ModelCard card, float x, float y) {
    return Embedding.of(card.fingerprint(), new float[] {x, y, 0, 0});
  }
}
