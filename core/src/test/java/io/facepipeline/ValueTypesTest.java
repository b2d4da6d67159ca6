package io.facepipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.align.AffineMatrix;
import io.facepipeline.align.LandmarkFit;
import io.facepipeline.internal.Workers;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class ValueTypesTest {
  private static final Landmarks POINTS = Landmarks.of(3, 3, 7, 3, 5, 5, 3, 8, 7, 8);

  @Test
  void boxesMeasureThemselves() {
    Box a = new Box(0, 0, 10, 20);
    assertEquals(200, a.area());
    assertEquals(new Point(5, 10), a.center());
    assertEquals(1, a.intersectionOverUnion(a));
    assertEquals(50f / 350f, a.intersectionOverUnion(new Box(5, 10, 15, 30)), 1e-6);
    assertEquals(0, a.intersectionOverUnion(new Box(10, 0, 20, 20)));
    assertEquals(0, new Box(1, 1, 1, 1).intersectionOverUnion(new Box(1, 1, 1, 1)));
    assertEquals("[412,80 96x121]", new Box(412, 80, 508, 201).toString());
    assertThrows(IllegalArgumentException.class, () -> new Box(2, 0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Box(Float.NaN, 0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Box(0, 0, Float.POSITIVE_INFINITY, 1));
  }

  @Test
  void embeddingsAreUnitVectorsOfOneModel() {
    Embedding a = Embedding.of("m@1", new float[] {3, 4});
    assertEquals(0.6f, a.toArray()[0], 1e-6);
    assertEquals(1, a.similarity(a), 1e-6);
    assertEquals(-1, a.similarity(Embedding.of("m@1", new float[] {-3, -4})), 1e-6);
    assertEquals(a, Embedding.of("m@1", new float[] {6, 8}));
    assertNotEquals(a, Embedding.of("m@2", new float[] {6, 8}));
    assertThrows(
        IllegalArgumentException.class,
        () -> a.similarity(Embedding.of("m@2", new float[] {3, 4})));
    assertThrows(IllegalArgumentException.class, () -> Embedding.of("m@1", new float[2]));
    assertThrows(IllegalArgumentException.class, () -> Embedding.of("m@1", new float[0]));
    assertThrows(
        IllegalArgumentException.class, () -> Embedding.of("m@1", new float[] {1, Float.NaN}));
    assertFalse(a.toString().contains("0.6"), "the vector is personal data");
  }

  @Test
  void cropRulesSurviveTheirText() {
    for (CropSpec spec :
        List.of(
            CropSpec.arcFace(112),
            CropSpec.arcFace(80, CropSpec.Rule.Fit.AFFINE_3_POINT),
            CropSpec.arcFace96x112(),
            CropSpec.lightCnn(),
            CropSpec.margin(160, 14))) {
      assertEquals(spec.rule(), CropSpec.Rule.parse(spec.rule().text()));
    }
    for (String text : List.of("", "template", "template similarity 1,2", "margin x", "box 1")) {
      assertThrows(IllegalArgumentException.class, () -> CropSpec.Rule.parse(text), text);
    }
    assertThrows(IllegalArgumentException.class, () -> CropSpec.margin(10, 10));
    assertThrows(IllegalArgumentException.class, () -> CropSpec.margin(10, -1));
    assertThrows(IllegalArgumentException.class, () -> CropSpec.arcFace(0));
    assertThrows(IllegalArgumentException.class, () -> Landmarks.of(1, 2, 3));
  }

  @Test
  void selectionsPickOneFace() {
    Face small = new Face(new Box(90, 90, 110, 110), POINTS, 0.99f);
    Face large = new Face(new Box(0, 0, 60, 60), POINTS, 0.7f);
    List<Face> faces = List.of(large, small);
    assertEquals(large, FaceSelection.largest().select(faces, 200, 200).orElseThrow());
    assertEquals(small, FaceSelection.mostProbable().select(faces, 200, 200).orElseThrow());
    assertEquals(small, FaceSelection.largestOver(0.9f).select(faces, 200, 200).orElseThrow());
    assertTrue(FaceSelection.largestOver(0.999f).select(faces, 200, 200).isEmpty());
    assertEquals(small, FaceSelection.centerWeighted().select(faces, 200, 200).orElseThrow());
    assertThrows(FaceCountException.class, () -> FaceSelection.only().select(faces, 200, 200));
    assertTrue(FaceSelection.only().select(List.of(), 200, 200).isEmpty());
  }

  @Test
  void cardsRefuseWhatDoesNotFit() {
    ModelCard card =
        ModelCard.builder("m")
            .embeddingSize(4)
            .crop(CropSpec.lightCnn())
            .colorOrder(ModelCard.ColorOrder.GREY)
            .sourceSha256("0123456789abcdef")
            .build();
    assertTrue(card.fingerprint().startsWith("m@0123456789ab:"), card.fingerprint());
    assertEquals(List.of(127.5f), card.mean());
    assertThrows(FacePipelineException.class, card::verificationThreshold);
    assertThrows(
        IllegalArgumentException.class, () -> ModelCard.builder("m").embeddingSize(4).build());
    assertThrows(
        IllegalArgumentException.class,
        () -> ModelCard.builder("m").crop(CropSpec.lightCnn()).build());
    assertThrows(
        IllegalArgumentException.class,
        () ->
            ModelCard.builder("m")
                .embeddingSize(1)
                .crop(CropSpec.lightCnn())
                .scaling(0, 0)
                .build());
    assertThrows(
        IllegalArgumentException.class, () -> new ModelCard.Thresholds(1.5f, 0.5f, 1, "x"));
  }

  @Test
  void aLargerGalleryNeedsAHigherThreshold() {
    ModelCard.Thresholds card = new ModelCard.Thresholds(0.348f, 0.482f, 1, "x");
    // FAR 1e-5 for each of 1,000 faces is 1 % for all of them.
    assertEquals(0.482, card.identification(1_000, 0.01), 2e-4);
    assertEquals(0.482, card.identification(1, 1e-5), 1e-6);
    assertEquals(0.5885, card.identification(100_000, 0.01), 1e-4);
    assertEquals(0.6356, card.identification(1_000_000, 0.01), 1e-4);
    assertEquals(
        1, new ModelCard.Thresholds(0.5f, 0.9f, 1, "x").identification(Long.MAX_VALUE, 1e-9));
    assertThrows(IllegalArgumentException.class, () -> card.identification(0, 0.01));
    assertThrows(IllegalArgumentException.class, () -> card.identification(1, 1));
    assertThrows(IllegalArgumentException.class, () -> card.identification(1, Double.NaN));
    assertThrows(
        FacePipelineException.class,
        () -> new ModelCard.Thresholds(0.5f, 0.5f, 1, "x").identification(10, 0.01));
  }

  @Test
  void alignsAtAndBeyondTheEdges() {
    byte[] white = new byte[40 * 40 * 3];
    Arrays.fill(white, (byte) 255);
    Image photo = Image.ofRgb(40, 40, white);
    Face outside =
        new Face(
            new Box(-20, -20, 5, 5), Landmarks.of(-12, -12, -2, -12, -7, -7, -11, -1, -3, -1), 1);
    for (CropSpec spec :
        List.of(CropSpec.arcFace(112), CropSpec.lightCnn(), CropSpec.margin(20, 2))) {
      AlignedFace crop = FaceAligner.standard().align(photo, outside, spec);
      assertEquals(spec.bytes(), crop.rgb().remaining());
    }
    Face gone = new Face(new Box(-20, -20, -5, -5), POINTS, 1);
    assertThrows(
        AlignmentException.class,
        () -> FaceAligner.standard().align(photo, gone, CropSpec.margin(20, 2)));
    Face flat = new Face(new Box(0, 0, 9, 9), Landmarks.of(5, 5, 5, 5, 5, 5, 5, 5, 5, 5), 1);
    for (CropSpec.Rule.Fit fit : CropSpec.Rule.Fit.values()) {
      assertThrows(
          AlignmentException.class,
          () -> FaceAligner.standard().align(photo, flat, CropSpec.arcFace(112, fit)));
    }
    assertThrows(
        AlignmentException.class,
        () -> FaceAligner.standard().align(photo, flat, CropSpec.lightCnn()));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            FaceAligner.standard()
                .align(photo, outside, CropSpec.arcFace(112), ByteBuffer.allocate(10)));
  }

  @Test
  void lightCnnPutsTheEyesInTheirRow() {
    CropSpec.Rule.EyesAndMouth rule = (CropSpec.Rule.EyesAndMouth) CropSpec.lightCnn().rule();
    Landmarks tilted = Landmarks.of(30, 40, 70, 60, 45, 70, 20, 80, 50, 95);
    AffineMatrix m = LandmarkFit.eyesAndMouth(tilted, rule, 128);
    assertEquals(40, m.mapY(30, 40), 1e-9);
    assertEquals(40, m.mapY(70, 60), 1e-9);
    assertEquals(64, m.mapX(50, 50), 1e-9);
    assertEquals(88, m.mapY(35, 87.5), 1e-9);
    assertTrue(m.mapX(30, 40) < m.mapX(70, 60));
  }

  @Test
  void workersDoEveryIndexAndReportFailure() {
    AtomicIntegerArray seen = new AtomicIntegerArray(500);
    try (Workers workers = new Workers(3)) {
      workers.forEach(500, i -> workers.forEach(1, j -> seen.incrementAndGet(i)));
      for (int i = 0; i < 500; i++) {
        assertEquals(1, seen.get(i));
      }
      workers.forEach(0, i -> seen.incrementAndGet(0));
      assertThrows(
          AlignmentException.class,
          () ->
              workers.forEach(
                  10,
                  i -> {
                    throw new AlignmentException("task " + i);
                  }));
      assertEquals(3, workers.parallelism());
      workers.call(
          () -> {
            Workers.share(500, i -> seen.incrementAndGet(i));
            return seen;
          });
    }
    Thread caller = Thread.currentThread();
    Workers.share(
        500,
        i -> {
          assertSame(caller, Thread.currentThread());
          seen.incrementAndGet(i);
        });
    for (int i = 0; i < 500; i++) {
      assertEquals(3, seen.get(i));
    }
    assertThrows(IllegalArgumentException.class, () -> new Workers(0));
  }

  @Test
  @SuppressWarnings("NullAway") // what a caller without the check may do
  void aFaceWithoutLandmarksIsRefused() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> new Face(new Box(0, 0, 9, 9), null, 1));
    assertTrue(e.getMessage().contains("LandmarkFinder"), e.getMessage());
  }
}
