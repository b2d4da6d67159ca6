package io.facepipeline.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.testkit.FaceDetectorContract;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A detector inside the artifact, on the sample album: nothing else is needed. */
abstract class AlbumDetectorContract extends FaceDetectorContract {
  private static final double ALBUM_LANDMARK_ERROR = 0.1;

  @Test
  void findsEveryFaceOfTheAlbum() throws IOException {
    JsonObject truth = albumTruth();
    int total = 0;
    double error = 0;
    try (FaceDetector detector = detector()) {
      for (Map.Entry<String, JsonElement> photo : truth.entrySet()) {
        JsonArray wanted = photo.getValue().getAsJsonObject().getAsJsonArray("faces");
        List<Face> found = detector.detect(Image.read(SharedData.album(photo.getKey())));
        assertEquals(wanted.size(), found.size(), photo.getKey() + ": " + found);
        for (JsonElement face : wanted) {
          error += bestError(face.getAsJsonObject(), found, photo.getKey());
          total++;
        }
      }
    }
    assertEquals(52, total);
    assertTrue(error / total < ALBUM_LANDMARK_ERROR, "mean landmark error " + error / total);
  }

  /** {@return the album's photos by name, with their faces} */
  static JsonObject albumTruth() throws IOException {
    return JsonParser.parseString(Files.readString(SharedData.album("truth.json")))
        .getAsJsonObject()
        .getAsJsonObject("images");
  }

  /** The landmarks' mean distance, in distances of the eyes, of the face that is where one is. */
  private static double bestError(JsonObject wanted, List<Face> found, String photo) {
    JsonArray box = wanted.getAsJsonArray("box");
    double centerX = (box.get(0).getAsDouble() + box.get(2).getAsDouble()) / 2;
    double centerY = (box.get(1).getAsDouble() + box.get(3).getAsDouble()) / 2;
    Face face =
        found.stream()
            .filter(f -> holds(f.box(), centerX, centerY))
            .findFirst()
            .orElseThrow(() -> new AssertionError(photo + " has no face at " + wanted));
    return landmarks(wanted).errorOf(face.landmarks());
  }

  static Landmarks landmarks(JsonObject face) {
    JsonArray points = face.getAsJsonArray("landmarks");
    float[] xy = new float[10];
    for (int i = 0; i < xy.length; i++) {
      xy[i] = points.get(i / 2).getAsJsonArray().get(i % 2).getAsFloat();
    }
    return Landmarks.of(xy);
  }

  private static boolean holds(Box box, double x, double y) {
    return box.x1() < x && x < box.x2() && box.y1() < y && y < box.y2();
  }
}
