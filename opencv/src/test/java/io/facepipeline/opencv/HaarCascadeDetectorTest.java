package io.facepipeline.opencv;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Face;
import io.facepipeline.FaceAligner;
import io.facepipeline.FaceDetector;
import io.facepipeline.FacePipeline;
import io.facepipeline.FaceSelection;
import io.facepipeline.Image;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.testkit.FaceDetectorContract;
import io.facepipeline.testkit.ResidentMemory;
import io.facepipeline.testkit.SharedData;
import java.util.List;
import org.junit.jupiter.api.Test;

class HaarCascadeDetectorTest extends FaceDetectorContract {
  private static final long GROWTH_KIB = 60 << 10;

  @Override
  protected FaceDetector detector() {
    return HaarCascadeDetector.builder().build();
  }

  @Test
  void eyesAreFoundWhereTheyAre() {
    try (FaceDetector detector = detector()) {
      Face face = detector.detect(Image.read(SharedData.album("people/ada/ada_1.jpg"))).get(0);
      float distance = face.landmarks().eyeDistance();
      assertTrue(distance > 0.3f * face.box().width(), face.toString());
      assertTrue(distance < 0.55f * face.box().width(), face.toString());
    }
  }

  @Test
  void everyCascadeLoads() {
    Image photo = Image.read(SharedData.album("people/ada/ada_1.jpg"));
    for (HaarCascadeDetector.Cascade cascade : HaarCascadeDetector.Cascade.values()) {
      try (FaceDetector detector = HaarCascadeDetector.builder().cascade(cascade).build()) {
        assertTrue(detector.detect(photo).size() <= 2, cascade.toString());
      }
    }
  }

  @Test
  void wrongSettingsAreRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> HaarCascadeDetector.builder().scaleFactor(1));
    assertThrows(IllegalArgumentException.class, () -> HaarCascadeDetector.builder().neighbors(-1));
    assertThrows(
        IllegalArgumentException.class, () -> HaarCascadeDetector.builder().minFaceSize(0));
    assertThrows(
        IllegalStateException.class,
        () -> HaarCascadeDetector.builder().minFaceSize(30).minFaceSize(40));
  }

  /** The classical base line from end to end: no network anywhere. */
  @Test
  void cascadeAndHistogramsNameMostOfTheAlbum() {
    LbphEmbedder embedder = new LbphEmbedder();
    int right = 0;
    int asked = 0;
    try (FacePipeline faces =
        FacePipeline.builder()
            .detector(detector())
            .embedder(embedder)
            .selection(FaceSelection.largest())
            .classifier(Gallery.inMemory(embedder.card(), 0))
            .build()) {
      List<String> people =
          List.of("ada", "bao", "chidi", "dalia", "emil", "fatima", "goro", "hana");
      for (String person : people) {
        for (int i = 1; i <= 3; i++) {
          faces.enroll(person, photo(person, i));
        }
      }
      for (String person : people) {
        asked++;
        right += person.equals(faces.identify(photo(person, 4)).get(0).label()) ? 1 : 0;
      }
    }
    System.out.println("haar cascade and LBP histograms: " + right + " of " + asked + " right");
    assertTrue(right >= 6, right + " of " + asked);
  }

  private static Image photo(String person, int number) {
    return Image.read(SharedData.album("people/" + person + "/" + person + "_" + number + ".jpg"));
  }

  @Test
  void thousandsOfPhotosLeaveNothingBehind() {
    Image photo = Image.read(SharedData.album("people/ada/ada_1.jpg")).resized(120, 120);
    long before = 0;
    try (FaceDetector detector = detector();
        LbphEmbedder embedder = new LbphEmbedder()) {
      for (int i = 0; i < 1200; i++) {
        if (i == 200) {
          before = ResidentMemory.kibibytes();
        }
        List<Face> faces = detector.detect(photo);
        embedder.embed(
            faces.stream()
                .map(face -> FaceAligner.standard().align(photo, face, embedder.crop()))
                .toList());
      }
    }
    long grown = ResidentMemory.kibibytes() - before;
    assertTrue(grown < GROWTH_KIB, "resident memory grew by " + grown + " KiB");
  }
}
