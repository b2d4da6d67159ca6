package io.facepipeline.classify.augment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Image;
import io.facepipeline.internal.Resampling;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class AugmentationTest {
  private static final Image CROP = picture(1);
  private static final Image OTHER = picture(2);

  private static Image picture(int seed) {
    byte[] rgb = new byte[20 * 24 * 3];
    new Random(seed).nextBytes(rgb);
    return Image.ofRgb(20, 24, rgb);
  }

  private static Image copy(Augmentation how, long photo, int copy) {
    return how.apply(CROP, photo, copy, 10, how.partner(photo, copy, 10).map(p -> OTHER));
  }

  @Test
  void copiesFollowFromSeedPhotoAndNumber() {
    Augmentation how = Augmentation.standard();
    assertEquals(4, how.copies());
    Set<Image> copies = new HashSet<>();
    for (int photo = 0; photo < 5; photo++) {
      for (int copy = 0; copy < 4; copy++) {
        Image image = copy(how, photo, copy);
        assertEquals(image, copy(Augmentation.standard(), photo, copy));
        assertEquals(20, image.width());
        assertEquals(24, image.height());
        copies.add(image);
      }
    }
    assertEquals(20, copies.size(), "each copy is another");
    Augmentation seeded = Augmentation.standardBuilder().seed(2).build();
    assertNotEquals(copy(how, 1, 1), copy(seeded, 1, 1));
    assertNotEquals(how.id(), seeded.id());
  }

  @Test
  void mirroredCopiesAreMirroredOrNot() {
    Augmentation how = Augmentation.builder().mirror().build();
    Set<Image> copies = new HashSet<>();
    for (int copy = 0; copy < 40; copy++) {
      copies.add(copy(how, 3, copy));
    }
    assertEquals(Set.of(CROP, CROP.mirrored()), copies);
  }

  @Test
  void pairingIsTheMeanWithTheDrawnPartner() {
    Augmentation how = Augmentation.builder().samplePairing(1).build();
    assertTrue(how.mixes());
    Image mixed = copy(how, 8, 0);
    for (int y = 0; y < 24; y++) {
      for (int x = 0; x < 20; x++) {
        for (int shift = 0; shift <= 16; shift += 8) {
          int a = CROP.rgbAt(x, y) >> shift & 0xFF;
          int b = OTHER.rgbAt(x, y) >> shift & 0xFF;
          assertEquals((a + b + 1) / 2, mixed.rgbAt(x, y) >> shift & 0xFF);
        }
      }
    }
  }

  @Test
  void partnersAreDrawnFromAllPhotosAtTheShareThatWasSet() {
    Augmentation how = Augmentation.builder().samplePairing(0.3).build();
    int[] drawn = new int[10];
    int mixed = 0;
    for (int photo = 0; photo < 10_000; photo++) {
      Optional<Integer> partner = how.partner(photo, 0, 10);
      assertEquals(partner, how.partner(photo, 0, 10));
      if (partner.isPresent()) {
        mixed++;
        drawn[partner.get()]++;
      }
    }
    assertEquals(3000, mixed, 200);
    for (int count : drawn) {
      assertEquals(300, count, 90);
    }
    Augmentation unmixed = Augmentation.builder().mirror().build();
    assertEquals(Optional.empty(), unmixed.partner(1, 1, 10));
    assertEquals(false, unmixed.mixes());
  }

  @Test
  void pixelsMoveAsFarAsIsSaid() {
    Image right = Pixels.moved(CROP, 0, 3, 0);
    Image down = Pixels.moved(CROP, 0, 0, 2);
    for (int y = 0; y < 24; y++) {
      for (int x = 0; x < 20; x++) {
        assertEquals(CROP.rgbAt(Math.max(0, x - 3), y), right.rgbAt(x, y));
        assertEquals(CROP.rgbAt(x, Math.max(0, y - 2)), down.rgbAt(x, y));
      }
    }
    assertEquals(CROP, Pixels.moved(CROP, 0, 0, 0));
    // A quarter turn of a square about its center.
    Image square = CROP.crop(0, 0, 20, 20);
    Image turned = Pixels.moved(square, Math.PI / 2, 0, 0);
    assertEquals(square.rgbAt(4, 14), turned.rgbAt(5, 4));
  }

  @Test
  void blurKeepsTheMeanAndFlattens() {
    byte[] rgb = new byte[21 * 21 * 3];
    rgb[(10 * 21 + 10) * 3] = (byte) 250;
    Image blurred = Resampling.blurred(Image.ofRgb(21, 21, rgb), 1);
    // The peak of a Gaussian of deviation 1 is 0.399 squared = 0.159 of the dot.
    assertEquals(40, blurred.rgbAt(10, 10) >> 16, 1);
    assertEquals(blurred.rgbAt(9, 10), blurred.rgbAt(11, 10));
    assertEquals(blurred.rgbAt(10, 9), blurred.rgbAt(9, 10));
    assertEquals(24, blurred.rgbAt(9, 10) >> 16, 1);
    assertEquals(CROP, Resampling.blurred(CROP, 0.01));
  }

  @Test
  void brightnessStopsAtWhite() {
    Image image = Image.ofRgb(1, 1, new byte[] {100, (byte) 200, 10});
    assertEquals(120 << 16 | 240 << 8 | 12, Pixels.brightened(image, 1.2).rgbAt(0, 0));
    assertEquals(200 << 16 | 255 << 8 | 20, Pixels.brightened(image, 2).rgbAt(0, 0));
  }

  @Test
  void ownTransformsAreKnownByTheirNames() {
    Augmentation how =
        Augmentation.builder().transform("swap", (crop, random) -> OTHER).copies(1).build();
    assertEquals(OTHER, copy(how, 0, 0));
    assertTrue(how.id().contains("swap"));
    Augmentation small =
        Augmentation.builder()
            .transform("smaller", (crop, random) -> crop.crop(0, 0, 5, 5))
            .build();
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> copy(small, 0, 0));
    assertTrue(e.getMessage().contains("smaller"), e.getMessage());
  }

  @Test
  void settersRefuseWhatCannotBe() {
    assertThrows(IllegalArgumentException.class, () -> Augmentation.builder().build());
    assertThrows(IllegalArgumentException.class, () -> Augmentation.builder().copies(0));
    assertThrows(IllegalArgumentException.class, () -> Augmentation.builder().rotation(46));
    assertThrows(IllegalArgumentException.class, () -> Augmentation.builder().shift(0));
    assertThrows(IllegalArgumentException.class, () -> Augmentation.builder().samplePairing(1.1));
    assertThrows(IllegalStateException.class, () -> Augmentation.builder().mirror().mirror());
    assertThrows(
        IllegalArgumentException.class,
        () ->
            Augmentation.builder()
                .transform("a", (crop, random) -> crop)
                .transform("a", (crop, random) -> crop));
  }
}
