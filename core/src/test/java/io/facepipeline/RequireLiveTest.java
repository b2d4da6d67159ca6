package io.facepipeline;

import static io.facepipeline.ColorStages.photo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.ColorStages.ColourGallery;
import io.facepipeline.ColorStages.Colours;
import io.facepipeline.ColorStages.Squares;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A pipeline that requires live faces: the redder a square is, the more it lives. */
class RequireLiveTest {
  private static final int RED = 0xff4040;
  private static final int PALE_RED = 0xc04040;
  private static final int BLUE = 0x4040ff;
  private static final float LEAST = 0.6f;

  private final Redness redness = new Redness("live", "attack");
  private final Colours embedder = new Colours("colours");

  /** Tells how red the middle of a face is, and counts. */
  private static final class Redness implements FaceAttribute {
    private static final CropSpec CROP = CropSpec.margin(4, 0);
    final AtomicInteger asked = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    private final List<String> labels;

    Redness(String... labels) {
      this.labels = List.of(labels);
    }

    @Override
    public FaceAttribute.Card card() {
      return new FaceAttribute.Card("liveness", "redness", List.of(CROP), labels, "none", "here");
    }

    @Override
    public List<FaceAttribute.Scores> classify(Image image, List<Face> faces, FaceAligner aligner) {
      asked.addAndGet(faces.size());
      return faces.stream()
          .map(face -> (aligner.align(image, face, CROP).rgb().get(0) & 0xff) / 255f)
          .map(
              red ->
                  new FaceAttribute.Scores(
                      "liveness",
                      "redness",
                      List.of(
                          new FaceAttribute.LabelScore("live", red),
                          new FaceAttribute.LabelScore("attack", 1 - red))))
          .toList();
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  private FacePipelineBuilder builder() {
    return FacePipeline.builder()
        .detector(new Squares())
        .embedder(embedder)
        .classifier(new ColourGallery(embedder.card()));
  }

  private FacePipeline pipeline() {
    return builder().requireLive(redness, LEAST).build();
  }

  @Test
  void aSpoofIsNotNamedAndSaysSo() {
    try (FacePipeline faces = pipeline()) {
      faces.enroll("red", photo(RED));
      faces.gallery().enroll("blue", List.of(embeddingOf(faces, BLUE)));
      List<Identification> who = faces.identify(photo(RED, BLUE, PALE_RED));
      assertEquals("red", who.get(0).label());
      assertEquals(1, who.get(0).liveness(), 1e-6);
      assertFalse(who.get(0).spoof());
      Identification spoof = who.get(1);
      assertTrue(spoof.spoof() && !spoof.isKnown(), spoof.toString());
      assertNull(spoof.label());
      assertNull(spoof.score());
      assertEquals(List.of(), spoof.candidates());
      assertEquals(0x40 / 255f, spoof.liveness());
      assertTrue(spoof.toString().startsWith("spoof, live 0.25 at "), spoof.toString());
      assertEquals(who, faces.identifyAll(List.of(photo(RED, BLUE, PALE_RED))).get(0).get());
      try (Stream<Outcome<List<Identification>>> each =
          faces.identifyEach(Stream.of(photo(RED, BLUE, PALE_RED)))) {
        assertEquals(who, each.findFirst().orElseThrow().get());
      }
      assertEquals(List.of(), faces.identify(photo()));
    }
  }

  private static Embedding embeddingOf(FacePipeline faces, int colour) {
    return faces.embed(photo(colour)).get(0).embedding(); // embedding alone refuses nothing
  }

  @Test
  void analyzingJudgesOnceAndTellsTheScores() {
    try (FacePipeline faces = pipeline()) {
      List<AnalyzedFace> analyzed = faces.analyze(photo(RED, BLUE));
      assertEquals(2, redness.asked.get());
      assertTrue(analyzed.get(1).identity().spoof());
      assertEquals("attack", analyzed.get(1).attribute("liveness").orElseThrow().best().label());
      assertFalse(analyzed.get(0).identity().spoof());
      assertEquals(List.of(redness), faces.attributes());
    }
    assertEquals(1, redness.closed.get());
  }

  @Test
  void aSpoofIsNeitherComparedNorEnrolled() {
    try (FacePipeline faces = pipeline()) {
      Verification verdict = faces.verify(photo(RED), photo(PALE_RED));
      assertEquals(1, verdict.firstLiveness(), 1e-6);
      assertEquals(0xc0 / 255f, verdict.secondLiveness());
      SpoofException e =
          assertThrows(SpoofException.class, () -> faces.verify(photo(RED), photo(BLUE)));
      assertEquals(0x40 / 255f, e.liveness());
      assertEquals(LEAST, e.minimum());
      assertEquals(faces.detect(photo(BLUE)).get(0), e.face());
      assertTrue(e.getMessage().contains("0.251") && e.getMessage().contains("0.600"));
      assertThrows(SpoofException.class, () -> faces.enroll("blue", photo(BLUE)));
      assertThrows(SpoofException.class, () -> faces.embedOne(photo(BLUE)));
      assertEquals(List.of(), faces.gallery().labels());
      List<Outcome<FaceSelection.Selected>> enrolled =
          faces.enrollAll("both", List.of(photo(BLUE), photo(RED)));
      assertEquals("SpoofException", enrolled.get(0).getFailure().getType());
      assertEquals(1, enrolled.get(1).get().liveness(), 1e-6);
      assertEquals(List.of("both"), faces.gallery().labels());
      List<Outcome<Verification>> verified = faces.verifyAll(photo(RED), List.of(photo(BLUE)));
      assertTrue(verified.get(0).error().orElseThrow() instanceof SpoofException);
      try (Stream<Outcome<FaceSelection.Selected>> each =
          faces.embedOneEach(Stream.of(photo(BLUE)))) {
        assertFalse(each.findFirst().orElseThrow().isPresent());
      }
    }
  }

  @Test
  void whoEnrollsAloneCanAskForTheSame() {
    try (FacePipeline faces = pipeline()) {
      Image two = photo(RED, PALE_RED);
      assertEquals(List.of(1f, 0xc0 / 255f), faces.requireLive(two, faces.detect(two)));
      Image spoof = photo(RED, BLUE);
      assertThrows(SpoofException.class, () -> faces.requireLive(spoof, faces.detect(spoof)));
      FacePipeline shared = faces.with(new ColourGallery(embedder.card()));
      assertThrows(SpoofException.class, () -> shared.enroll("blue", photo(BLUE)));
      shared.close();
    }
  }

  @Test
  void withoutItNothingIsJudged() {
    try (FacePipeline faces = builder().attribute(redness).build()) {
      assertNull(faces.enroll("blue", photo(BLUE)).liveness());
      Identification who = faces.identify(photo(BLUE)).get(0);
      assertEquals("blue", who.label());
      assertNull(who.liveness());
      assertFalse(who.spoof());
      assertNull(faces.verify(photo(BLUE), photo(BLUE)).firstLiveness());
      assertEquals(List.of(), faces.requireLive(photo(BLUE), faces.detect(photo(BLUE))));
      assertEquals(0, redness.asked.get());
    }
  }

  @Test
  void aProbabilityThatIsNoNumberDoesNotPass() {
    FaceAttribute broken =
        new FaceAttribute() {
          @Override
          public FaceAttribute.Card card() {
            return redness.card();
          }

          @Override
          public List<FaceAttribute.Scores> classify(
              Image image, List<Face> faces, FaceAligner aligner) {
            return redness.classify(image, faces, aligner).stream()
                .map(
                    scores ->
                        new FaceAttribute.Scores(
                            scores.attribute(),
                            scores.model(),
                            List.of(new FaceAttribute.LabelScore("live", Float.NaN))))
                .toList();
          }

          @Override
          public void close() {}
        };
    try (FacePipeline faces = builder().requireLive(() -> broken, LEAST).build()) {
      assertThrows(SpoofException.class, () -> faces.enroll("red", photo(RED)));
      assertTrue(faces.identify(photo(RED)).get(0).spoof());
    }
  }

  @Test
  void whatCannotBeIsRefusedAtOnceAndClosed() {
    for (float wrong : new float[] {0, -1, 1.5f, Float.NaN}) {
      Redness model = new Redness("live", "attack");
      assertThrows(
          IllegalArgumentException.class, () -> builder().requireLive(model, wrong).build());
      assertEquals(1, model.closed.get());
    }
    Redness other = new Redness("real", "fake");
    IllegalArgumentException label =
        assertThrows(IllegalArgumentException.class, () -> builder().requireLive(other, LEAST));
    assertTrue(label.getMessage().contains("[real, fake]"), label.getMessage());
    assertEquals(1, other.closed.get());
    assertThrows(
        IllegalArgumentException.class, () -> builder().requireLive(() -> other, LEAST).build());
    assertThrows(
        IllegalStateException.class,
        () -> builder().requireLive(redness, LEAST).requireLive(redness, LEAST));
    assertThrows(
        IllegalArgumentException.class,
        () -> builder().attribute(redness).requireLive(new Redness("live", "attack"), LEAST));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Identification("ada", 1f, 0.5f, List.of(), ANY, 0.1f, true));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Identification(null, 1f, 0.5f, List.of(), ANY, null, true));
  }

  private static final Face ANY = new Squares().detect(photo(RED)).get(0);
}
