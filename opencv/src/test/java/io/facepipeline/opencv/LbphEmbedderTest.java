package io.facepipeline.opencv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.testkit.FaceEmbedderContract;
import io.facepipeline.testkit.SharedData;
import java.util.List;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;

class LbphEmbedderTest extends FaceEmbedderContract {
  @Override
  protected FaceEmbedder embedder() {
    return new LbphEmbedder();
  }

  @Test
  void anImageSurvivesTheWayThroughOpenCv() {
    Image image = Image.read(SharedData.album("people/ada/ada_1.jpg"));
    try (Mat bgr = Mats.bgr(image);
        Mat grey = Mats.grey(image)) {
      assertEquals(image, Mats.image(bgr));
      assertEquals(image.rgbAt(3, 4) & 0xFF, bgr.ptr(4, 3).get() & 0xFF);
      assertEquals(1, grey.channels());
      assertEquals(image.width(), Mats.image(grey).width());
    }
    try (Mat empty = new Mat()) {
      assertThrows(IllegalArgumentException.class, () -> Mats.image(empty));
    }
  }

  @Test
  void facesAreDrawnWhereTheyAre() {
    Image black = Image.ofRgb(100, 80, new byte[3 * 100 * 80]);
    Face face =
        new Face(new Box(20, 30, 60, 70), Landmarks.of(30, 40, 50, 40, 40, 50, 32, 60, 48, 60), 1);
    Image drawn = FaceDrawing.draw(black, List.of(face), List.of("ada"));
    assertNotEquals(0, drawn.rgbAt(20, 50));
    assertNotEquals(0, drawn.rgbAt(40, 50));
    assertEquals(0, drawn.rgbAt(90, 70));
    assertThrows(
        IllegalArgumentException.class, () -> FaceDrawing.draw(black, List.of(face), List.of()));
  }
}
