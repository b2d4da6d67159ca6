package io.facepipeline.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.facepipeline.AlignmentException;
import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The default detector. */
class DefaultMtcnnTest extends AlbumDetectorContract {
  @Override
  protected FaceDetector detector() {
    return DefaultModels.mtcnn().minFaceSize(40).build();
  }

  @Override
  protected Optional<FaceDetector> detector(int threads) {
    return Optional.of(DefaultModels.mtcnn().minFaceSize(40).parallelism(threads).build());
  }

  @Test
  void anotherLookFindsBetterLandmarksOfTheSameFaces() throws IOException {
    List<Checkpoint> weights = DefaultModels.mtcnnWeights();
    double once = 0;
    double again = 0;
    try (FaceDetector first =
            Mtcnn.builder()
                .weights(weights.get(0), weights.get(1), weights.get(2))
                .suppressRepeats()
                .build();
        FaceDetector refined = DefaultModels.mtcnn().build()) {
      for (Map.Entry<String, JsonElement> photo : albumTruth().entrySet()) {
        Image image = Image.read(SharedData.album(photo.getKey()));
        List<Face> found = first.detect(image);
        List<Face> better = refined.detect(image);
        assertEquals(
            found.stream().map(face -> face.box() + " " + face.score()).toList(),
            better.stream().map(face -> face.box() + " " + face.score()).toList());
        for (JsonElement face : photo.getValue().getAsJsonObject().getAsJsonArray("faces")) {
          Landmarks marked = landmarks(face.getAsJsonObject());
          once += least(found, marked);
          again += least(better, marked);
        }
      }
    }
    assertTrue(again < 0.95 * once, again + " with another look, " + once + " without");
  }

  private static double least(List<Face> faces, Landmarks marked) {
    return faces.stream().mapToDouble(f -> marked.errorOf(f.landmarks())).min().orElseThrow();
  }

  @Test
  void findsTheLandmarksOfBoxesThatAnotherDetectorDraws() throws IOException {
    JsonObject truth = albumTruth();
    try (Mtcnn mtcnn = DefaultModels.mtcnn().build()) {
      for (float grown : new float[] {-0.1f, 0, 0.15f, 0.3f}) {
        double error = 0;
        int total = 0;
        for (Map.Entry<String, JsonElement> photo : truth.entrySet()) {
          Image image = Image.read(SharedData.album(photo.getKey()));
          List<Box> boxes = new ArrayList<>();
          List<Landmarks> marked = new ArrayList<>();
          for (JsonElement face : photo.getValue().getAsJsonObject().getAsJsonArray("faces")) {
            JsonArray b = face.getAsJsonObject().getAsJsonArray("box");
            float x = (b.get(2).getAsFloat() - b.get(0).getAsFloat()) * grown;
            float y = (b.get(3).getAsFloat() - b.get(1).getAsFloat()) * grown;
            boxes.add(
                new Box(
                    b.get(0).getAsFloat() - x,
                    b.get(1).getAsFloat() - y,
                    b.get(2).getAsFloat() + x,
                    b.get(3).getAsFloat() + y));
            marked.add(landmarks(face.getAsJsonObject()));
          }
          List<Landmarks> found = mtcnn.landmarks(image, boxes);
          assertEquals(boxes.size(), found.size());
          for (int i = 0; i < found.size(); i++) {
            error += marked.get(i).errorOf(found.get(i));
            total++;
          }
        }
        System.out.println("boxes grown by " + grown + ": landmark error " + error / total);
        assertTrue(error / total < 0.062, grown + ": mean landmark error " + error / total);
      }
      Image nobody = Image.read(SharedData.album("groups/nobody.jpg"));
      assertEquals(List.of(), mtcnn.landmarks(nobody, List.of()));
      List<Box> outside = List.of(new Box(-90, -90, -10, -10));
      assertThrows(AlignmentException.class, () -> mtcnn.landmarks(nobody, outside));
    }
  }
}
