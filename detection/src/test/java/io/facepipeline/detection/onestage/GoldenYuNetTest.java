package io.facepipeline.detection.onestage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.Point;
import io.facepipeline.testkit.SharedData;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** YuNet against what OpenCV found on the sample album; {@code yunet.json} says how. */
class GoldenYuNetTest {
  private static final float PIXELS = 0.1f;
  private static final float SCORE = 1e-4f;

  @Test
  void findsWhatOpenCvFound() throws Exception {
    JsonObject photos;
    try (Reader reader =
        new InputStreamReader(
            Objects.requireNonNull(GoldenYuNetTest.class.getResourceAsStream("/yunet.json")),
            StandardCharsets.UTF_8)) {
      photos = JsonParser.parseReader(reader).getAsJsonObject().getAsJsonObject("photos");
    }
    DetectorModel model = DetectorModel.of(SharedData.path("models/others/yunet_n_dynamic.onnx"));
    int faces = 0;
    for (String name : photos.keySet()) {
      Image photo = Image.read(SharedData.album(name));
      int longer = Math.max(photo.width(), photo.height());
      try (FaceDetector detector = model.withInputSize(longer).open()) {
        JsonArray expected = photos.getAsJsonArray(name);
        assertEquals(expected.size(), detector.detect(photo).size(), name);
        for (Face face : detector.detect(photo)) {
          assertTrue(
              expected.asList().stream().anyMatch(row -> isSame(row.getAsJsonArray(), face)),
              name + ": " + face + " of " + expected);
          faces++;
        }
      }
    }
    assertTrue(faces >= 10, faces + " faces");
  }

  private static boolean isSame(JsonArray row, Face face) {
    boolean same =
        Math.abs(row.get(0).getAsFloat() - face.box().x1()) < PIXELS
            && Math.abs(row.get(1).getAsFloat() - face.box().y1()) < PIXELS
            && Math.abs(row.get(2).getAsFloat() - face.box().width()) < PIXELS
            && Math.abs(row.get(3).getAsFloat() - face.box().height()) < PIXELS
            && Math.abs(row.get(14).getAsFloat() - face.score()) < SCORE;
    for (int k = 0; k < 5; k++) {
      Point point = face.landmarks().points().get(k);
      same &= Math.abs(row.get(4 + 2 * k).getAsFloat() - point.x()) < PIXELS;
      same &= Math.abs(row.get(5 + 2 * k).getAsFloat() - point.y()) < PIXELS;
    }
    return same;
  }
}
