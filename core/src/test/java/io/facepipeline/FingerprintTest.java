package io.facepipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A fingerprint names all that an embedding depends on. */
class FingerprintTest {
  private static final String OLDER = "net@0123456789ab";

  private static ModelCardBuilder card() {
    return ModelCard.builder("net")
        .embeddingSize(4)
        .crop(CropSpec.arcFace(112))
        .sourceSha256("0123456789abcdef");
  }

  @Test
  void differsWithEachThingThatChangesTheEmbedding() {
    List<ModelCard> all =
        List.of(
            card().build(),
            card().build().withMirrored(true),
            card().build().withSourceSha256("1123456789abcdef"),
            card().colorOrder(ModelCard.ColorOrder.BGR).build(),
            card().colorOrder(ModelCard.ColorOrder.GREY).build(),
            card().scaling(127.5f, 128).build(),
            card().scaling(0, 255).build(),
            card().scaling(0, 1).build(),
            card().whitened().build(),
            card().scaling(List.of(1f, 2f, 3f), List.of(1f, 1f, 1f)).build(),
            card().scaling(List.of(3f, 2f, 1f), List.of(1f, 1f, 1f)).build(),
            card().crop(CropSpec.arcFace(128)).build(),
            card().crop(CropSpec.arcFace(112, CropSpec.Rule.Fit.AFFINE_3_POINT)).build(),
            card().crop(CropSpec.arcFace96x112()).build(),
            card().crop(CropSpec.lightCnn()).build(),
            card().crop(CropSpec.margin(112, 14)).build(),
            card().crop(CropSpec.margin(112, 16)).build(),
            card().crop(new CropSpec(112, 112, new CropSpec.Rule.ScaledBox(1.2f, true))).build(),
            card().crop(new CropSpec(112, 112, new CropSpec.Rule.ScaledBox(1.2f, false))).build(),
            card().embeddingSize(8).build());
    Set<String> fingerprints = new HashSet<>();
    for (ModelCard card : all) {
      assertTrue(fingerprints.add(card.fingerprint()), card + " has another's fingerprint");
    }
    for (String one : fingerprints) {
      for (String other : fingerprints) {
        assertEquals(one.equals(other), ModelCard.sameEmbedding(one, other), one + " " + other);
      }
    }
  }

  /** Galleries hold it for years: it must not change from version to version of anything. */
  @Test
  void staysAsItIs() {
    assertEquals("net@0123456789ab:0127ea48", card().build().fingerprint());
    assertEquals(
        "net@0123456789ab:0127ea48+mirrored", card().build().withMirrored(true).fingerprint());
  }

  @Test
  void theLastScalingCounts() {
    assertEquals(card().whitened().build(), card().scaling(3, 4).whitened().build());
    assertEquals(card().scaling(3, 4).build(), card().whitened().scaling(3, 4).build());
    ModelCard c = card().build();
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new ModelCard(
                    c.id(),
                    c.architecture(),
                    c.embeddingSize(),
                    c.crop(),
                    c.colorOrder(),
                    c.mean(),
                    c.deviation(),
                    true,
                    c.license(),
                    c.commercialUse(),
                    c.trainedOn(),
                    c.origin(),
                    c.sourceSha256(),
                    null,
                    false));
    assertTrue(e.getMessage().contains("127.5"), e.getMessage());
  }

  @Test
  void staysWithWhatChangesNothing() {
    ModelCard other =
        card()
            .architecture("another")
            .license("MIT")
            .commercialUse(ModelCard.CommercialUse.YES)
            .trainedOn("faces")
            .origin("elsewhere")
            .scaling(List.of(127.5f, 127.5f, 127.5f), List.of(127.5f, 127.5f, 127.5f))
            .thresholds(new ModelCard.Thresholds(0.3f, 0.4f, 10, "photos"))
            .build();
    assertEquals(card().build().fingerprint(), other.fingerprint());
    assertEquals(
        card().scaling(0f, 1).build().fingerprint(), card().scaling(-0f, 1).build().fingerprint());
  }

  @Test
  void olderFingerprintsGoWithEveryPreparationOfTheirFile() {
    String now = card().build().fingerprint();
    assertTrue(ModelCard.sameEmbedding(OLDER, now));
    assertTrue(ModelCard.sameEmbedding(now, OLDER));
    assertTrue(ModelCard.sameEmbedding(OLDER, card().build().withMirrored(true).fingerprint()));
    assertFalse(ModelCard.sameEmbedding("net@1123456789ab", now));
    assertFalse(ModelCard.sameEmbedding("other@0123456789ab", now));
    assertFalse(ModelCard.sameEmbedding(OLDER, "net@0123456789a"));
    assertFalse(ModelCard.namesPreparation(OLDER));
    assertTrue(ModelCard.namesPreparation(now));
    // An id may hold what a fingerprint is made of.
    ModelCard odd = ModelCard.builder("a@b:c").embeddingSize(4).crop(CropSpec.arcFace(112)).build();
    assertTrue(ModelCard.sameEmbedding("a@b:c@", odd.fingerprint()));
    assertFalse(ModelCard.sameEmbedding("a@b", odd.fingerprint()));
  }

  @Test
  void embeddingsOfOtherPreparationsAreNotCompared() {
    float[] vector = {1, 0, 0, 0};
    Embedding rgb = Embedding.of(card().build().fingerprint(), vector);
    Embedding bgr =
        Embedding.of(card().colorOrder(ModelCard.ColorOrder.BGR).build().fingerprint(), vector);
    assertEquals(1, rgb.similarity(Embedding.of(OLDER, vector)));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> rgb.similarity(bgr));
    assertTrue(e.getMessage().contains("preprocessing"), e.getMessage());
  }
}
