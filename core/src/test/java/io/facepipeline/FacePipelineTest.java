package io.facepipeline;

import static io.facepipeline.ColorStages.photo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.ColorStages.ColourGallery;
import io.facepipeline.ColorStages.Colours;
import io.facepipeline.ColorStages.Squares;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * The pipeline on stages that need no model: faces are bright squares, told apart by their color.
 */
class FacePipelineTest {
  private static final int RED = 0xff4040;
  private static final int GREEN = 0x40ff40;
  private static final int BLUE = 0x4040ff;

  @Test
  void namesWhoWasEnrolled() {
    try (FacePipeline faces = pipeline().build()) {
      faces.enroll("rosa", photo(RED));
      faces.enroll("gerd", photo(GREEN));
      List<Identification> who = faces.identify(photo(GREEN, BLUE, RED));
      assertEquals(List.of("rosa", "gerd"), faces.gallery().labels());
      assertEquals("gerd", who.get(0).label());
      assertFalse(who.get(1).isKnown());
      assertEquals("rosa", who.get(2).label());
      assertEquals(new Box(40, 10, 60, 30), who.get(1).face().box());
      assertTrue(who.get(0).toString().matches("gerd 1\\.00 at \\[10,10 20x20]"), who.toString());
      assertTrue(who.get(1).toString().startsWith("unknown 0."), who.toString());
    }
  }

  @Test
  void verifiesTwoPhotos() {
    try (FacePipeline faces = pipeline().build()) {
      Verification same = faces.verify(photo(RED), photo(RED));
      assertTrue(same.same());
      assertEquals(1, same.similarity(), 1e-6);
      assertEquals(0.9f, same.threshold());
      assertEquals(1e-3, same.farAtThreshold());
      assertFalse(faces.verify(photo(RED), photo(BLUE)).same());
    }
    try (FacePipeline strict = pipeline().verificationThreshold(0.1f).build()) {
      Verification loose = strict.verify(photo(RED), photo(BLUE));
      assertTrue(loose.same());
      assertNull(loose.farAtThreshold(), "nobody has measured the caller's threshold");
    }
  }

  @Test
  void wantsOneFaceToEnrol() {
    try (FacePipeline faces = pipeline().build()) {
      FaceCountException none =
          assertThrows(FaceCountException.class, () -> faces.enroll("x", photo()));
      assertEquals(List.of(), none.faces());
      FaceCountException several =
          assertThrows(FaceCountException.class, () -> faces.enroll("x", photo(RED, BLUE)));
      assertEquals(2, several.faces().size());
      assertTrue(several.getMessage().contains("[40,10 20x20]"), several.getMessage());
      assertEquals(List.of(), faces.gallery().labels());
    }
    try (FacePipeline faces = pipeline().selection(FaceSelection.largest()).build()) {
      faces.enroll("x", photo(RED, BLUE));
      assertEquals(List.of("x"), faces.gallery().labels());
    }
  }

  /** Detectors see small faces in lace and patterns; people who stand together are of one size. */
  @Test
  void passesOverFacesThatAreFarSmaller() {
    Face large = face(10, 200);
    Face lace = face(300, 49);
    Face child = face(400, 51);
    Colours embedder = new Colours("colours");
    List<Face> found = new ArrayList<>();
    FaceDetector detector =
        new FaceDetector() {
          @Override
          public List<Face> detect(Image image) {
            return List.copyOf(found);
          }

          @Override
          public void close() {}
        };
    try (FacePipeline faces =
        FacePipeline.builder()
            .detector(detector)
            .embedder(embedder)
            .classifier(new ColourGallery(embedder.card()))
            .build()) {
      found.addAll(List.of(large, lace, lace));
      FaceSelection.Selected enrolled = faces.enroll("x", grey());
      assertEquals(large, enrolled.face());
      assertEquals(List.of(lace, lace), enrolled.others());
      assertEquals("the face at [10,10 200x200], not the 2 others", enrolled.toString());
      Verification same = faces.verify(grey(), grey());
      assertEquals(large, same.first());
      assertTrue(same.toString().endsWith("faces at [10,10 200x200] and [10,10 200x200]"));
      assertTrue(faces.enrollAll("x", List.of(grey())).get(0).isPresent());
      found.add(child);
      FaceCountException several =
          assertThrows(FaceCountException.class, () -> faces.enroll("x", grey()));
      assertEquals(List.of(large, child), several.faces());
      assertThrows(FaceCountException.class, () -> faces.verify(grey(), grey()));
    }
    found.clear();
    found.addAll(List.of(large, lace));
    Colours other = new Colours("colours");
    try (FacePipeline strict =
        FacePipeline.builder()
            .detector(detector)
            .embedder(other)
            .classifier(new ColourGallery(other.card()))
            .selection(FaceSelection.only())
            .build()) {
      assertThrows(FaceCountException.class, () -> strict.enroll("x", grey()));
    }
  }

  private static Face face(int x, int size) {
    float eye = size / 4f;
    return new Face(
        new Box(x, 10, x + size, 10 + size),
        Landmarks.of(
            x + eye,
            10 + eye,
            x + 3 * eye,
            10 + eye,
            x + 2 * eye,
            10 + 2 * eye,
            x + eye,
            10 + 3 * eye,
            x + 3 * eye,
            10 + 3 * eye),
        1);
  }

  private static Image grey() {
    byte[] rgb = new byte[500 * 300 * 3];
    Arrays.fill(rgb, (byte) 99);
    return Image.ofRgb(500, 300, rgb);
  }

  @Test
  void reportsABadImageForItselfAndKeepsTheOrder() {
    try (FacePipeline faces = pipeline().parallelism(3).build()) {
      faces.enroll("rosa", photo(RED));
      List<ImageSource> sources = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        sources.add(
            i % 7 == 3 ? ImageSource.of(Path.of("missing-" + i + ".png")) : photo(RED, GREEN));
      }
      AtomicInteger calls = new AtomicInteger();
      List<Outcome<List<Identification>>> outcomes =
          faces.identifyAll(
              sources,
              (done, total, item) -> {
                assertEquals(calls.incrementAndGet(), done);
                assertEquals(40, total);
              });
      assertEquals(40, calls.get());
      for (int i = 0; i < 40; i++) {
        Outcome<List<Identification>> outcome = outcomes.get(i);
        assertEquals(i % 7 != 3, outcome.isPresent());
        if (outcome.isPresent()) {
          assertEquals(2, outcome.get().size());
        } else {
          assertInstanceOf(ImageException.class, outcome.error().orElseThrow());
          assertThrows(ImageException.class, outcome::get);
          assertTrue(outcome.name().contains("missing-" + i), outcome.name());
        }
      }
      assertEquals(40, faces.detectAll(sources).size());
      assertEquals(40, faces.alignAll(sources).size());
      assertEquals(2, faces.embedAll(sources).get(0).get().size());
      assertTrue(faces.verifyAll(photo(RED), List.of(photo(RED))).get(0).get().same());
    }
  }

  @Test
  void eachPhotoGetsItsOwnFacesOutOfASharedBatch() {
    try (FacePipeline faces = pipeline().parallelism(2).build()) {
      faces.enroll("rosa", photo(RED));
      faces.enroll("blau", photo(BLUE));
      List<Image> photos = new ArrayList<>();
      for (int i = 0; i < 37; i++) {
        photos.add(
            switch (i % 4) {
              case 0 -> photo(RED);
              case 1 -> photo();
              case 2 -> photo(BLUE, RED, BLUE);
              default -> photo(BLUE);
            });
      }
      List<Outcome<List<Identification>>> together = faces.identifyAll(photos);
      for (int i = 0; i < photos.size(); i++) {
        assertEquals(
            faces.identify(photos.get(i)).toString(), together.get(i).get().toString(), "" + i);
      }
    }
  }

  @Test
  void enrolsTheUsablePhotosOfSeveral() {
    try (FacePipeline faces = pipeline().build()) {
      List<Outcome<FaceSelection.Selected>> outcomes =
          faces.enrollAll("rosa", List.of(photo(RED), photo(), photo(RED, BLUE), photo(RED)));
      assertEquals(
          List.of(true, false, false, true), outcomes.stream().map(Outcome::isPresent).toList());
      assertTrue(faces.identify(photo(RED)).get(0).isKnown());
    }
  }

  @Test
  void closesItsStagesOnceAndRefusesWorkAfterwards() {
    Squares detector = new Squares();
    Colours embedder = new Colours("colours");
    FacePipeline faces = FacePipeline.builder().detector(detector).embedder(embedder).build();
    faces.close();
    faces.close();
    assertEquals(1, detector.closed.get());
    assertEquals(1, embedder.closed.get());
    assertThrows(IllegalStateException.class, () -> faces.detect(photo(RED)));
    assertThrows(IllegalStateException.class, () -> faces.detectAll(List.of(photo(RED))));
    assertThrows(IllegalStateException.class, () -> faces.identify(photo(RED)));
  }

  @Test
  void saysWhatIsMissing() {
    try (FacePipeline faces = FacePipeline.builder().detector(new Squares()).build()) {
      assertEquals(1, faces.detect(photo(RED)).size());
      assertThrows(IllegalStateException.class, () -> faces.embed(photo(RED)));
    }
    try (FacePipeline faces =
        FacePipeline.builder().detector(new Squares()).embedder(new Colours("c")).build()) {
      assertThrows(IllegalStateException.class, () -> faces.identify(photo(RED)));
      assertThrows(IllegalStateException.class, () -> faces.enroll("x", photo(RED)));
    }
    assertThrows(FacePipelineException.class, FacePipeline::create);
  }

  @Test
  @SuppressWarnings("NullAway") // the point
  void namesWhatIsNull() {
    try (FacePipeline faces =
        FacePipeline.builder().detector(new Squares()).embedder(new Colours("colours")).build()) {
      Image nothing = null;
      for (Executable call :
          List.<Executable>of(
              () -> faces.detect(nothing),
              () -> faces.align(nothing),
              () -> faces.embed(nothing),
              () -> faces.embedOne(nothing),
              () -> faces.identify(nothing),
              () -> faces.analyze(nothing),
              () -> faces.enroll("ada", nothing))) {
        assertEquals("image", assertThrows(NullPointerException.class, call).getMessage());
      }
      assertEquals(
          "b",
          assertThrows(NullPointerException.class, () -> faces.verify(grey(), nothing))
              .getMessage());
    }
  }

  @Test
  void refusesContradictionsAtOnce() {
    FacePipelineBuilder builder = FacePipeline.builder().parallelism(2);
    IllegalStateException twice =
        assertThrows(IllegalStateException.class, () -> builder.parallelism(3));
    assertEquals("the parallelism was already set to 2", twice.getMessage());
    assertThrows(IllegalArgumentException.class, () -> FacePipeline.builder().parallelism(0));
    assertThrows(
        IllegalArgumentException.class, () -> FacePipeline.builder().verificationThreshold(2));
    assertThrows(FacePipelineException.class, () -> FacePipeline.builder().build());
    FaceClassifier gallery = new ColourGallery(new Colours("colours").card());
    assertThrows(
        IllegalArgumentException.class,
        () -> FacePipeline.builder().embedder(new Colours("others")).classifier(gallery));
    assertThrows(
        IllegalArgumentException.class,
        () -> FacePipeline.builder().classifier(gallery).embedder(new Colours("others")));
    assertThrows(
        FacePipelineException.class,
        () -> FacePipeline.builder().detector(new Squares()).classifier(gallery).build());
  }

  private static FacePipelineBuilder pipeline() {
    Colours embedder = new Colours("colours");
    return FacePipeline.builder()
        .detector(new Squares())
        .embedder(embedder)
        .classifier(new ColourGallery(embedder.card()));
  }
}
