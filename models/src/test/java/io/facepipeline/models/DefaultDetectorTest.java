package io.facepipeline.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceRefiner;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.detection.onestage.DetectorModel;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.ModelStoreException;
import io.facepipeline.testkit.SharedData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The default detector, of one stage. */
class DefaultDetectorTest extends AlbumDetectorContract {
  @Override
  protected FaceDetector detector() {
    return DefaultModels.detector().withMinFaceSize(40).open();
  }

  @Override
  protected Optional<FaceDetector> detector(int threads) {
    return Optional.of(
        DefaultModels.detector().withMinFaceSize(40).withParallelism(threads).open());
  }

  @Test
  void mtcnnsLastNetworkFindsTheLandmarks() {
    Image photo = Image.read(SharedData.album("groups/group_1.jpg"));
    DetectorModel model = DefaultModels.detector();
    try (FaceDetector refined = model.open();
        FaceDetector alone =
            DetectorModel.named(DefaultModels.DETECTOR).orElseThrow().withMinFaceSize(20).open();
        Mtcnn mtcnn = DefaultModels.mtcnn().build()) {
      List<Face> faces = refined.detect(photo);
      List<Box> boxes = faces.stream().map(Face::box).toList();
      assertEquals(alone.detect(photo).stream().map(Face::box).toList(), boxes);
      List<Landmarks> landmarks = mtcnn.landmarks(photo, boxes);
      for (int i = 0; i < faces.size(); i++) {
        assertTrue(landmarks.get(i).errorOf(faces.get(i).landmarks()) < 1e-4);
        assertTrue(alone.detect(photo).get(i).landmarks().errorOf(landmarks.get(i)) > 1e-4);
      }
    }
  }

  @Test
  void mtcnnFollowsTheFacesOfAVideo() {
    Image photo = Image.read(SharedData.album("groups/group_1.jpg"));
    try (FaceDetector detector = detector();
        FaceDetector alone = DetectorModel.named(DefaultModels.DETECTOR).orElseThrow().open()) {
      List<Face> faces = detector.detect(photo);
      List<Face> followed =
          ((FaceRefiner) detector).refine(photo, faces.stream().map(Face::box).toList());
      assertEquals(4, followed.size());
      for (Face face : faces) {
        assertTrue(
            followed.stream().anyMatch(f -> f.box().intersectionOverUnion(face.box()) > 0.6),
            () -> face + " is not among " + followed);
      }
      assertFalse(alone instanceof FaceRefiner, "nothing finds landmarks in boxes");
    }
  }

  /** Texture of a large photo is no face: sleeves, hair and grain were taken for some. */
  @Test
  void aLargePortraitShowsOneFace() {
    for (String name : List.of("angelina_jolie", "kate_siegel", "paul_rudd", "shea_whigham")) {
      Image portrait = Image.read(SharedData.path("data/photos/" + name + ".jpg"));
      try (FaceDetector detector = DefaultModels.detector().open()) {
        List<Face> faces = detector.detect(portrait);
        assertEquals(1, faces.size(), () -> name + ": " + faces);
      }
    }
  }

  @Test
  void aDetectorThatIsClosedSaysSo() {
    for (FaceDetector detector : List.of(detector(), DefaultModels.mtcnn().build())) {
      detector.close();
      detector.close();
      IllegalStateException refused =
          assertThrows(
              IllegalStateException.class,
              () -> detector.detect(Image.ofRgb(40, 40, new byte[4800])));
      assertTrue(refused.getMessage().startsWith("the detector"), refused.getMessage());
    }
  }

  @Test
  void isInTheCatalogAndNeedsNoFile(@TempDir Path folder) {
    Path cache = folder.resolve("cache");
    DetectorModel model =
        DetectorModel.named(DefaultModels.DETECTOR)
            .orElseThrow()
            .withModels(ModelStore.builder().cache(cache).offline(true).build());
    assertEquals(DefaultModels.DETECTOR, model.toString());
    model.open().close();
    assertTrue(Files.notExists(cache));
  }

  @Test
  void isRefusedWhereCommercialUseMustBeStated() {
    DetectorModel model =
        DefaultModels.detector().withModels(ModelStore.builder().onlyCommercialUse().build());
    ModelStoreException e = assertThrows(ModelStoreException.class, model::open);
    assertTrue(e.getMessage().contains(DefaultModels.DETECTOR), e.getMessage());
  }
}
