package io.facepipeline.classify.augment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Image;
import io.facepipeline.testkit.SharedData;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class DegradationsTest {
  private static Image crop() {
    return Image.read(SharedData.album("people/ada/ada_1.jpg")).crop(100, 160, 130, 150);
  }

  @Test
  void eachChangesTheCropAndKeepsItsSizeAndFollowsFromTheDraw() {
    Map<String, Augmentation.Transform> all = new LinkedHashMap<>();
    all.put("scale", Degradations.scale(0.1));
    all.put("contrast", Degradations.contrast(0.3));
    all.put("cast", Degradations.colorCast(0.2));
    all.put("grey", Degradations.grey());
    all.put("low", Degradations.lowResolution(4));
    all.put("blur", Degradations.blur(2));
    all.put("noise", Degradations.noise(10));
    all.put("jpeg", Degradations.jpeg(0.1));
    all.put("erasing", Degradations.erasing(0.4));
    all.put("mask", Degradations.mask());
    Image crop = crop();
    all.forEach(
        (name, transform) -> {
          Image changed = transform.apply(crop, new SplittableRandom(11));
          assertEquals(crop.width(), changed.width(), name);
          assertEquals(crop.height(), changed.height(), name);
          assertNotEquals(crop, changed, name);
          assertEquals(changed, transform.apply(crop, new SplittableRandom(11)), name);
        });
  }

  @Test
  void strengthsOutOfRangeAreRefused() {
    List<Executable> wrong =
        List.of(
            () -> Degradations.sometimes(1.5, Degradations.grey()),
            () -> Degradations.scale(1),
            () -> Degradations.contrast(0),
            () -> Degradations.colorCast(-1),
            () -> Degradations.lowResolution(1),
            () -> Degradations.blur(Double.NaN),
            () -> Degradations.noise(300),
            () -> Degradations.jpeg(1),
            () -> Degradations.erasing(2));
    wrong.forEach(call -> assertThrows(IllegalArgumentException.class, call));
  }

  @Test
  void aMaskCoversTheMouthAndLeavesTheEyes() {
    Image crop = crop();
    for (int seed = 0; seed < 20; seed++) {
      Image masked = Degradations.mask().apply(crop, new SplittableRandom(seed));
      int color = masked.rgbAt(crop.width() / 2, crop.height() - 1);
      for (int x = crop.width() * 3 / 8; x < crop.width() * 5 / 8; x++) {
        assertEquals(color, masked.rgbAt(x, (int) (0.82 * crop.height())), "seed " + seed);
      }
      for (int x = 0; x < crop.width(); x++) {
        int eyes = (int) (0.46 * crop.height());
        assertEquals(crop.rgbAt(x, eyes), masked.rgbAt(x, eyes), "seed " + seed);
      }
    }
  }

  @Test
  void sometimesIsSometimes() {
    SplittableRandom random = new SplittableRandom(1);
    Augmentation.Transform half = Degradations.sometimes(0.5, Degradations.grey());
    Image crop = crop();
    int changed = 0;
    for (int i = 0; i < 200; i++) {
      changed += half.apply(crop, random).equals(crop) ? 0 : 1;
    }
    assertTrue(changed > 70 && changed < 130, "changed " + changed + " of 200");
  }

  @Test
  void greyHasNoColourAndMiddleGreyNoContrast() {
    Image grey = Degradations.grey().apply(crop(), new SplittableRandom(1));
    for (int x = 0; x < grey.width(); x++) {
      int rgb = grey.rgbAt(x, 40);
      assertEquals(rgb >> 16 & 0xFF, rgb & 0xFF);
      assertEquals(rgb >> 8 & 0xFF, rgb & 0xFF);
    }
    byte[] middle = new byte[3 * 16];
    Arrays.fill(middle, (byte) 128);
    Image flat = Image.ofRgb(4, 4, middle);
    assertEquals(flat, Degradations.contrast(0.5).apply(flat, new SplittableRandom(2)));
  }

  @Test
  void lowResolutionAndBlurTakeDetailAway() {
    Image crop = crop();
    double detail = detail(crop);
    assertTrue(detail(Degradations.lowResolution(6).apply(crop, new SplittableRandom(1))) < detail);
    assertTrue(detail(Degradations.blur(3).apply(crop, new SplittableRandom(1))) < detail);
  }

  /** The mean step from a pixel to its neighbor. */
  private static double detail(Image image) {
    double sum = 0;
    for (int y = 0; y < image.height(); y++) {
      for (int x = 1; x < image.width(); x++) {
        sum += Math.abs((image.rgbAt(x, y) >> 8 & 0xFF) - (image.rgbAt(x - 1, y) >> 8 & 0xFF));
      }
    }
    return sum / (image.height() * (image.width() - 1.0));
  }
}
