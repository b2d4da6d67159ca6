package io.facepipeline.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FacePipeline;
import io.facepipeline.Identification;
import io.facepipeline.Image;
import io.facepipeline.testkit.FaceDetectorContract;
import io.facepipeline.testkit.SharedData;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Photos on their side and upside down, which no metadata tells of. */
class AnyTurnTest extends FaceDetectorContract {
  private static final float SURE = 0.99f;

  @Override
  protected FaceDetector detector() {
    return FaceDetector.anyTurn(DefaultModels.mtcnn().build(), SURE);
  }

  /** The image turned clockwise by a number of quarters. */
  private static Image turned(Image image, int quarters) {
    Image turned = image;
    for (int i = 0; i < quarters; i++) {
      int width = turned.height();
      int height = turned.width();
      byte[] rgb = new byte[3 * width * height];
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int pixel = turned.rgbAt(y, width - 1 - x);
          int at = 3 * (y * width + x);
          rgb[at] = (byte) (pixel >> 16);
          rgb[at + 1] = (byte) (pixel >> 8);
          rgb[at + 2] = (byte) pixel;
        }
      }
      turned = Image.ofRgb(width, height, rgb);
    }
    return turned;
  }

  /** Alignment works only if each landmark is the right one, so everybody keeps their name. */
  @Test
  void everybodyIsFoundAndRecognizedInEachTurn() {
    try (FacePipeline faces = FacePipeline.builder().detector(detector()).build()) {
      for (String person : List.of("ada", "bao", "chidi", "dalia", "emil", "fatima")) {
        faces.enroll(
            person, Image.read(SharedData.album("people/" + person + "/" + person + "_1.jpg")));
      }
      for (int group = 1; group <= 3; group++) {
        Image photo = Image.read(SharedData.album("groups/group_" + group + ".jpg"));
        List<Identification> expected = faces.identify(photo);
        for (int quarters = 1; quarters <= 3; quarters++) {
          List<Identification> found = faces.identify(turned(photo, quarters));
          assertEquals(names(expected), names(found), group + " by " + quarters);
        }
      }
    }
  }

  private static Map<String, Integer> names(List<Identification> people) {
    Map<String, Integer> names = new TreeMap<>();
    people.forEach(who -> names.merge(String.valueOf(who.label()), 1, Integer::sum));
    return names;
  }

  @Test
  void boxesLieInTheImageAsGiven() {
    Image photo = Image.read(SharedData.album("groups/group_1.jpg"));
    try (FaceDetector detector = detector()) {
      List<Face> upright = detector.detect(photo);
      Image sideways = turned(photo, 1);
      List<Face> found = detector.detect(sideways);
      assertEquals(upright.size(), found.size());
      for (Face face : upright) {
        float x = photo.height() - face.box().center().y();
        float y = face.box().center().x();
        assertTrue(
            found.stream()
                .anyMatch(
                    f ->
                        Math.hypot(f.box().center().x() - x, f.box().center().y() - y) < 3
                            && Math.abs(f.box().width() - face.box().height()) < 4),
            face + " in " + found);
        float noseX = photo.height() - face.landmarks().nose().y();
        float noseY = face.landmarks().nose().x();
        assertTrue(
            found.stream()
                .anyMatch(
                    f ->
                        Math.hypot(
                                f.landmarks().nose().x() - noseX, f.landmarks().nose().y() - noseY)
                            < 3));
      }
    }
  }

  /** One turn of it shows a false face upright. */
  @Test
  void sixRealPeopleAreFoundInEachTurn() {
    Image photo = Image.read(SharedData.path("data/photos/multiface.jpg"));
    try (FaceDetector detector = detector()) {
      for (int quarters = 0; quarters <= 3; quarters++) {
        assertEquals(6, detector.detect(turned(photo, quarters)).size(), quarters + " quarters");
      }
    }
  }

  @Test
  void onlyDoubtCostsMore() {
    AtomicInteger calls = new AtomicInteger();
    FaceDetector plain = DefaultModels.mtcnn().build();
    FaceDetector counted =
        new FaceDetector() {
          @Override
          public List<Face> detect(Image image) {
            calls.incrementAndGet();
            return plain.detect(image);
          }

          @Override
          public void close() {
            plain.close();
          }
        };
    try (FaceDetector detector = FaceDetector.anyTurn(counted, SURE)) {
      detector.detect(Image.read(SharedData.album("groups/group_1.jpg")));
      assertEquals(1, calls.getAndSet(0));
      detector.detect(Image.read(SharedData.album("groups/nobody.jpg")));
      assertEquals(4, calls.get());
    }
    for (float sure : new float[] {0, 1.1f, Float.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> FaceDetector.anyTurn(counted, sure));
    }
  }
}
