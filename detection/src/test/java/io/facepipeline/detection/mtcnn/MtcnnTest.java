package io.facepipeline.detection.mtcnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceSelection;
import io.facepipeline.Image;
import io.facepipeline.Point;
import io.facepipeline.onnx.ModelNotFoundException;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.testkit.FaceDetectorContract;
import io.facepipeline.testkit.ResidentMemory;
import io.facepipeline.testkit.SharedData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MTCNN with the published weights. */
class MtcnnTest extends FaceDetectorContract {
  @Override
  protected FaceDetector detector() {
    return builder().build();
  }

  @Override
  protected Optional<FaceDetector> detector(int threads) {
    return Optional.of(builder().parallelism(threads).build());
  }

  private static Mtcnn.Builder builder() {
    return Mtcnn.builder().models(ModelStore.of(SharedData.path("models/mtcnn")));
  }

  @Test
  void findsAllFacesOfTheAlbumWhereTheyAre() throws Exception {
    JsonObject images =
        JsonParser.parseString(Files.readString(SharedData.album("truth.json")))
            .getAsJsonObject()
            .getAsJsonObject("images");
    int total = 0;
    try (FaceDetector detector = detector()) {
      for (String file : images.keySet()) {
        JsonArray truth = images.getAsJsonObject(file).getAsJsonArray("faces");
        List<Face> faces = detector.detect(Image.read(SharedData.album(file)));
        assertEquals(truth.size(), faces.size(), file);
        for (int i = 0; i < truth.size(); i++) {
          JsonArray points = truth.get(i).getAsJsonObject().getAsJsonArray("landmarks");
          assertTrue(faces.stream().anyMatch(face -> eyesNear(face, points)), file + " face " + i);
          total++;
        }
      }
    }
    assertEquals(52, total);
  }

  private static boolean eyesNear(Face face, JsonArray truth) {
    float tolerance = face.landmarks().eyeDistance() / 5;
    for (int k = 0; k < 2; k++) {
      Point eye = face.landmarks().points().get(k);
      JsonArray point = truth.get(k).getAsJsonArray();
      double distance =
          Math.hypot(eye.x() - point.get(0).getAsDouble(), eye.y() - point.get(1).getAsDouble());
      if (distance > tolerance) {
        return false;
      }
    }
    return true;
  }

  @Test
  void keepsTheSelectedFace() {
    Image group = Image.read(SharedData.album("groups/group_2.jpg"));
    try (FaceDetector all = detector();
        FaceDetector largest = builder().keepOnly(FaceSelection.largest()).build()) {
      assertEquals(List.of(all.detect(group).get(0)), largest.detect(group));
    }
  }

  @Test
  void residentMemoryStaysFlat() {
    Image face = Image.read(SharedData.album("people/ada/ada_1.jpg")).crop(60, 100, 200, 250);
    try (FaceDetector detector = builder().minFaceSize(60).build()) {
      for (int i = 0; i < 300; i++) {
        assertEquals(1, detector.detect(face).size());
      }
      long before = ResidentMemory.kibibytes();
      for (int i = 0; i < 2000; i++) {
        detector.detect(face);
      }
      long grown = ResidentMemory.kibibytes() - before;
      assertTrue(grown < 60_000, "2,000 detections grew resident memory by " + grown + " KiB");
    }
  }

  @Test
  void refusesWhatCannotBeAtOnce() {
    Mtcnn.Builder builder = Mtcnn.builder().minFaceSize(40);
    IllegalStateException twice =
        assertThrows(IllegalStateException.class, () -> builder.minFaceSize(30));
    assertEquals("the minimum face size was already set to 40", twice.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Mtcnn.builder().minFaceSize(11));
    assertThrows(IllegalArgumentException.class, () -> Mtcnn.builder().factor(1));
    assertThrows(IllegalArgumentException.class, () -> Mtcnn.builder().factor(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> Mtcnn.builder().thresholds(0.6f, 0.7f, 2));
    assertThrows(
        IllegalStateException.class,
        () ->
            Mtcnn.builder()
                .models(ModelStore.of())
                .weights(Path.of("p"), Path.of("r"), Path.of("o")));
  }

  @Test
  void namesTheFilesThatAreMissing(@TempDir Path empty) {
    ModelNotFoundException missing =
        assertThrows(
            ModelNotFoundException.class,
            () -> Mtcnn.builder().models(ModelStore.of(empty)).build());
    for (String file : List.of("pnet.pt", "rnet.pt", "onet.npy", "facenet-pytorch", "--models")) {
      assertTrue(missing.getMessage().contains(file), missing.getMessage());
    }
    assertThrows(
        ModelNotFoundException.class,
        () -> Mtcnn.builder().models(ModelStore.of(empty.resolve("nowhere"))).build());
  }
}
