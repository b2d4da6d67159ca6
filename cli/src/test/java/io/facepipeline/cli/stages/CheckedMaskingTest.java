package io.facepipeline.cli.stages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.drawing.FaceMasking;
import java.awt.Color;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CheckedMaskingTest {
  private static final Image PHOTO = Image.ofGrey(60, 60, new byte[3600]);
  private static final FaceMasking WHITE = FaceMasking.fill(Color.WHITE);

  private static Face face(int x) {
    return new Face(new Box(x, 10, x + 8, 20), Landmarks.of(1, 1, 2, 1, 1.5f, 2, 1, 3, 2, 3), 1);
  }

  /** Finds another face each time, so many times. */
  private static class Finding implements FaceDetector {
    private final int times;
    private int looks;

    Finding(int times) {
      this.times = times;
    }

    @Override
    public List<Face> detect(Image image) {
      return looks++ < times ? List.of(face(10 * looks)) : List.of();
    }

    @Override
    public void close() {}
  }

  @Test
  void whatIsFoundAfterHidingIsHiddenToo() {
    Finding twice = new Finding(2);
    CheckedMasking.Masked masked =
        new CheckedMasking(twice, WHITE).mask(PHOTO, List.of(), List.of());
    assertEquals(0, masked.found());
    assertEquals(3, twice.looks);
    assertEquals(Color.WHITE.getRGB() & 0xFFFFFF, masked.image().rgbAt(24, 15) & 0xFFFFFF);
  }

  @Test
  void whatIsFoundToTheEndIsTold() {
    CheckedMasking.Masked masked =
        new CheckedMasking(new Finding(Integer.MAX_VALUE), WHITE).mask(PHOTO, List.of(), List.of());
    assertEquals(1, masked.found());
    assertNotEquals(PHOTO, masked.image());
  }

  @Test
  void whoIsShownIsNoFind() {
    FaceDetector same =
        new Finding(1) {
          @Override
          public List<Face> detect(Image image) {
            return List.of(face(20));
          }
        };
    assertEquals(
        new CheckedMasking.Masked(PHOTO, 0),
        new CheckedMasking(same, WHITE).mask(PHOTO, List.of(), List.of(face(20))));
  }
}
