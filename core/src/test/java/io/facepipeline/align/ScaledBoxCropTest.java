package io.facepipeline.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.AlignedFace;
import io.facepipeline.AlignmentException;
import io.facepipeline.Box;
import io.facepipeline.CropSpec;
import io.facepipeline.Face;
import io.facepipeline.FaceAligner;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import org.junit.jupiter.api.Test;

class ScaledBoxCropTest {
  /** Red is the column, green the row. */
  private static final Image PLACES = places(200, 100);

  @Test
  void theBoxIsEnlargedAroundItsMiddle() {
    AlignedFace crop = crop(new Box(90, 40, 110, 60), 20, 20, 2, false);
    // 40 x 40 pixels from (80, 30) on, each of the crop's from two.
    assertPixel(crop, 0, 0, 80.5, 30.5);
    assertPixel(crop, 19, 19, 118.5, 68.5);
  }

  @Test
  void atTheEdgeItIsMovedInside() {
    AlignedFace crop = crop(new Box(-10, 80, 10, 100), 20, 20, 1, false);
    assertPixel(crop, 0, 0, 0, 80);
    assertPixel(crop, 19, 19, 19, 99);
  }

  @Test
  void whereThePhotoIsTooSmallItIsEnlargedByLess() {
    AlignedFace crop = crop(new Box(80, 30, 120, 70), 50, 50, 9, false);
    // As high as the photo: 100 x 100 pixels around (100, 50).
    assertPixel(crop, 0, 0, 50.5, 0.5);
    assertPixel(crop, 49, 49, 148.5, 98.5);
  }

  @Test
  void theShorterSideMayBecomeAsLongAsTheLongerOne() {
    AlignedFace crop = crop(new Box(90, 30, 110, 70), 40, 40, 1, true);
    assertPixel(crop, 0, 0, 80, 30);
    assertPixel(crop, 39, 39, 119, 69);
  }

  @Test
  void aBoxOutsideIsRefused() {
    assertThrows(AlignmentException.class, () -> crop(new Box(300, 10, 320, 30), 8, 8, 1, false));
    assertThrows(IllegalArgumentException.class, () -> new CropSpec.Rule.ScaledBox(0, true));
  }

  @Test
  void theRuleIsReadFromItsText() {
    for (CropSpec.Rule rule :
        new CropSpec.Rule[] {
          new CropSpec.Rule.ScaledBox(2.7f, false), new CropSpec.Rule.ScaledBox(1, true)
        }) {
      assertEquals(rule, CropSpec.Rule.parse(rule.text()));
    }
  }

  @Test
  void anImageIsResizedAsAWhole() {
    Image small = PLACES.resized(50, 25);
    assertEquals(50, small.width());
    assertEquals(25, small.height());
    assertTrue(Math.abs((small.rgbAt(25, 12) >> 16 & 0xFF) - 101.5) <= 1);
    assertTrue(Math.abs((small.rgbAt(25, 12) >> 8 & 0xFF) - 49.5) <= 1);
    assertThrows(IllegalArgumentException.class, () -> PLACES.resized(0, 5));
  }

  private static AlignedFace crop(Box box, int width, int height, float scale, boolean square) {
    Face face = new Face(box, Landmarks.of(1, 1, 2, 1, 1.5f, 2, 1, 3, 2, 3), 1);
    CropSpec spec = new CropSpec(width, height, new CropSpec.Rule.ScaledBox(scale, square));
    return FaceAligner.standard().align(PLACES, face, spec);
  }

  private static void assertPixel(AlignedFace crop, int x, int y, double column, double row) {
    int rgb = crop.toImage().rgbAt(x, y);
    assertEquals(column, rgb >> 16 & 0xFF, 0.51);
    assertEquals(row, rgb >> 8 & 0xFF, 0.51);
  }

  private static Image places(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < width * height; i++) {
      rgb[3 * i] = (byte) (i % width);
      rgb[3 * i + 1] = (byte) (i / width);
    }
    return Image.ofRgb(width, height, rgb);
  }
}
