package io.facepipeline.classify.augment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import io.facepipeline.Image;
import io.facepipeline.classify.augment.RandAugment.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every operation against torchvision's, from recorded pictures. */
final class RandAugmentTest {
  /** As {@code rand-augment.json} holds them. */
  private record Reference(String about, Map<String, Picture> pictures, List<Case> cases) {}

  private record Picture(int width, int height, String rgb) {
    Image image(String base64) {
      return Image.ofRgb(width, height, Base64.getDecoder().decode(base64));
    }
  }

  private record Case(
      String operation, int magnitude, String picture, String rgb, @Nullable String covered) {}

  private static Reference reference() throws IOException {
    try (InputStream in = RandAugmentTest.class.getResourceAsStream("/rand-augment.json")) {
      return new Gson()
          .fromJson(new InputStreamReader(in, StandardCharsets.UTF_8), Reference.class);
    }
  }

  @Test
  void operationsAreTorchvisions() throws IOException {
    Reference reference = reference();
    Set<Operation> seen = EnumSet.noneOf(Operation.class);
    for (Case c : reference.cases()) {
      Operation operation = Operation.valueOf(c.operation());
      seen.add(operation);
      Picture picture = reference.pictures().get(c.picture());
      Image original = picture.image(picture.rgb());
      Image expected = picture.image(c.rgb());
      Image found = operation.apply(original, c.magnitude() / (double) RandAugment.STRONGEST);
      String name = c.operation() + " " + c.magnitude();
      if (c.covered() == null) {
        assertEquals(expected, found, name);
      } else {
        assertNear(expected, found, c.covered(), name);
      }
      if (operation != Operation.IDENTITY) {
        assertNotEquals(original, found, name);
      }
    }
    assertEquals(EnumSet.allOf(Operation.class), seen);
  }

  /** Where a pixel comes from inside the picture; Pillow cuts off what we round. */
  private static void assertNear(Image expected, Image found, String covered, String name) {
    byte[] one = expected.toRgb();
    byte[] other = found.toRgb();
    int compared = 0;
    for (int i = 0; i < one.length; i++) {
      if (covered.charAt(i / 3) == '1') {
        assertEquals(one[i] & 0xFF, other[i] & 0xFF, 1, name + " at " + i);
        compared++;
      }
    }
    assertTrue(compared > one.length / 2, name);
  }

  @Test
  void uncoveredPixelsHoldTheEdge() {
    byte[] rgb = new byte[30 * 20 * 3];
    new SplittableRandom(1).nextBytes(rgb);
    Image crop = Image.ofRgb(30, 20, rgb);
    Image shifted = Operation.TRANSLATE_X.apply(crop, 1);
    for (int y = 0; y < 20; y++) {
      for (int x = 0; x < 30; x++) {
        assertEquals(crop.rgbAt(Math.max(0, x - 13), y), shifted.rgbAt(x, y));
      }
    }
  }

  @Test
  void operationsAndDirectionsAreDrawn() {
    byte[] rgb = new byte[30 * 30 * 3];
    new SplittableRandom(2).nextBytes(rgb);
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (64 + (rgb[i] & 0x7F)); // so that there is contrast to gain
    }
    Image crop = Image.ofRgb(30, 30, rgb);
    List<Image> possible = new ArrayList<>();
    for (Operation operation : Operation.values()) {
      possible.add(operation.apply(crop, 0.3));
      possible.add(operation.apply(crop, -0.3));
    }
    Set<Image> different = Set.copyOf(possible.stream().distinct().toList());
    // Nine of the fourteen have two directions.
    assertEquals(23, different.size());
    SplittableRandom random = new SplittableRandom(3);
    RandAugment one = new RandAugment(1, 9);
    Set<Image> drawn =
        random
            .ints(500)
            .mapToObj(seed -> one.apply(crop, new SplittableRandom(seed)))
            .collect(Collectors.toSet());
    assertEquals(different, drawn);
    Image twice = new RandAugment(2, 9).apply(crop, new SplittableRandom(8));
    assertEquals(twice, new RandAugment(2, 9).apply(crop, new SplittableRandom(8)));
    assertTrue(
        random
            .ints(50)
            .mapToObj(seed -> new RandAugment(2, 9).apply(crop, new SplittableRandom(seed)))
            .anyMatch(image -> !different.contains(image)));
  }

  @Test
  void isPartOfAnAugmentation() {
    Image crop = Image.ofRgb(4, 4, new byte[48]);
    Augmentation how = Augmentation.builder().randAugment(2, 9).build();
    assertTrue(how.id().endsWith("RandAugment 2 of 9"), how.id());
    assertEquals(
        how.apply(crop, 5, 1, 1, Optional.empty()), how.apply(crop, 5, 1, 1, Optional.empty()));
    Augmentation.Builder builder = Augmentation.builder().randAugment(14, 30);
    assertThrows(IllegalStateException.class, () -> builder.randAugment(2, 9));
    for (int[] wrong : new int[][] {{0, 9}, {15, 9}, {2, -1}, {2, 31}}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> Augmentation.builder().randAugment(wrong[0], wrong[1]));
    }
  }
}
