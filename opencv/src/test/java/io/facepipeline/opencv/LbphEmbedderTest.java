package io.facepipeline.opencv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.facepipeline.FaceEmbedder;
import io.facepipeline.Image;
import io.facepipeline.testkit.FaceEmbedderContract;
import io.facepipeline.testkit.SharedData;
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
}
