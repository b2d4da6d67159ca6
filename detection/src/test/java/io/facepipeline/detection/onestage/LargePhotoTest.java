package io.facepipeline.detection.onestage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.testkit.SharedData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** YuNet on photos that are larger than a part: small, large and cut faces, each once. */
class LargePhotoTest {
  private static final int WIDTH = 3000;
  private static final int HEIGHT = 2000;

  private final byte[] rgb = new byte[3 * WIDTH * HEIGHT];
  private final List<int[]> places = new ArrayList<>();

  /** Puts a portrait there. */
  private void paste(Image portrait, int left, int top) {
    for (int y = 0; y < portrait.height(); y++) {
      portrait.copyRow(y, rgb, 3 * ((top + y) * WIDTH + left));
    }
    places.add(new int[] {left, top, portrait.width(), portrait.height()});
  }

  @Test
  void findsSmallAndLargeFacesOnce() {
    Arrays.fill(rgb, (byte) 110);
    Image portrait = Image.read(SharedData.album("people/ada/ada_1.jpg"));
    double ratio = (double) portrait.height() / portrait.width();
    paste(portrait.resized(1200, (int) (1200 * ratio)), 1700, 100);
    // Rows of small ones, over all edges between parts.
    for (int x = 20; x + 100 < 1600; x += 140) {
      for (int y : new int[] {30, 500, 620, 930, 1010, 1800}) {
        paste(portrait.resized(90, (int) (90 * ratio)), x, y);
      }
    }
    Image photo = Image.ofRgb(WIDTH, HEIGHT, rgb);
    DetectorModel model = DetectorModel.of(SharedData.path("models/others/yunet_n_dynamic.onnx"));
    try (FaceDetector detector = model.open();
        FaceDetector large = model.withMinFaceSize(200).open();
        FaceDetector small = model.withInputSize(320).open()) {
      List<Face> faces = detector.detect(photo);
      for (int[] place : places) {
        assertEquals(1, faces.stream().filter(f -> isWithin(f, place)).count(), "" + place[0]);
      }
      assertEquals(places.size(), faces.size());
      assertEquals(1, large.detect(photo).size());
      assertTrue(small.detect(photo).size() < places.size(), "small ones are missed at 320");
    }
  }

  private static boolean isWithin(Face face, int[] place) {
    float x = face.box().center().x() - place[0];
    float y = face.box().center().y() - place[1];
    return x > 0 && y > 0 && x < place[2] && y < place[3] && face.box().width() < place[2];
  }
}
