package io.facepipeline.ffmpeg.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ImageException.Reason;
import io.facepipeline.ReadOptions;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The album's first portrait in HEIC and AVIF. */
class HeifImageCodecTest {
  /** In levels, from pictures that another program has decoded. */
  private static final double MOST_DIFFERENCE = 3;

  /** In levels, from the portrait before it was encoded. */
  private static final double MOST_LOSS = 6;

  private static byte[] file(String name) {
    try (InputStream in = HeifImageCodecTest.class.getResourceAsStream("/heif/" + name)) {
      return Objects.requireNonNull(in).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Image portrait(int width, int height) {
    return Image.read(SharedData.album("people/ada/ada_1.jpg")).resized(width, height);
  }

  private static double difference(Image a, Image b) {
    assertEquals(a.toString(), b.toString());
    byte[] x = a.toRgb();
    byte[] y = b.toRgb();
    return IntStream.range(0, x.length)
        .mapToLong(i -> Math.abs((x[i] & 0xFF) - (y[i] & 0xFF)))
        .average()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ada.heic", "ada.avif"})
  void thePortraitIsWhatItWas(String name) {
    double difference = difference(portrait(160, 200), Image.read(file(name)));
    assertTrue(difference < MOST_LOSS, name + ": " + difference);
  }

  /** The codec's blocks are larger than the picture. */
  @Test
  void oddSizesAreCut() {
    double difference = difference(portrait(45, 57), Image.read(file("odd.heic")));
    assertTrue(difference < MOST_LOSS, "odd.heic: " + difference);
  }

  /** The same file, with a turn or a mirror in the place of a property that says little. */
  private static byte[] with(String property, int value) {
    byte[] bytes = file("ada.heic");
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("pixi");
    System.arraycopy(property.getBytes(StandardCharsets.US_ASCII), 0, bytes, at, 4);
    Arrays.fill(bytes, at + 4, at + 12, (byte) 0);
    bytes[at + 4] = (byte) value;
    return bytes;
  }

  @Test
  void turnsAndMirrorsOfTheFileAreApplied() {
    Image upright = Image.read(file("ada.heic"));
    for (int quarters = 0; quarters < 4; quarters++) {
      // Counter-clockwise, as the standard counts.
      Image turned = Image.read(with("irot", quarters));
      assertEquals(quarters % 2 == 1 ? 200 : 160, turned.width());
      for (int x = 0; x < 160; x += 7) {
        for (int y = 0; y < 200; y += 7) {
          int toX = List.of(x, y, 159 - x, 199 - y).get(quarters);
          int toY = List.of(y, 159 - x, 199 - y, x).get(quarters);
          assertEquals(upright.rgbAt(x, y), turned.rgbAt(toX, toY), quarters + " quarters");
        }
      }
    }
    List<Image> mirrored = List.of(Image.read(with("imir", 0)), Image.read(with("imir", 1)));
    assertTrue(mirrored.contains(upright.mirrored()), "left and right");
    assertFalse(mirrored.contains(upright));
    assertFalse(mirrored.get(0).equals(mirrored.get(1)));
  }

  /** Files that say only that they hold pictures name the kind behind that. */
  @Test
  void theBrandMayBeAGeneralOne() {
    byte[] bytes = file("ada.heic");
    System.arraycopy("mif1".getBytes(StandardCharsets.US_ASCII), 0, bytes, 8, 4);
    assertEquals(Image.read(file("ada.heic")), Image.read(bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ada.heic", "ada.avif", "odd.heic"})
  void aCutFileIsRefused(String name) {
    byte[] whole = file(name);
    for (int length = 64; length < whole.length - 1; length += 37) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThrows(ImageException.class, () -> Image.read(cut), name + " of " + length);
    }
  }

  @Test
  void damageIsAnExceptionOrAPicture() {
    Random random = new Random(9);
    ReadOptions options = ReadOptions.defaults().withMaxPixels(1 << 20);
    for (String name : List.of("ada.heic", "ada.avif")) {
      for (int i = 0; i < 150; i++) {
        byte[] bytes = file(name);
        for (int k = 0; k < 6; k++) {
          bytes[16 + random.nextInt(bytes.length - 16)] = (byte) random.nextInt();
        }
        try {
          Image image = Image.read(bytes, options);
          assertTrue((long) image.width() * image.height() <= 1 << 20);
        } catch (ImageException e) {
          assertTrue(e.getMessage() != null && !e.getMessage().isBlank());
        }
      }
    }
  }

  @Test
  void theLimitIsCheckedBeforeAnythingIsDecoded() {
    ReadOptions small = ReadOptions.defaults().withMaxPixels(1000);
    ImageException e =
        assertThrows(ImageException.class, () -> Image.read(file("ada.heic"), small));
    assertEquals(Reason.TOO_LARGE, e.reason());
    assertTrue(String.valueOf(e.getMessage()).contains("160x"), e.getMessage());
  }

  @Test
  void manyThreadsReadAtTheSameTime() {
    Image expected = Image.read(file("ada.heic"));
    IntStream.range(0, 40)
        .parallel()
        .forEach(i -> assertEquals(expected, Image.read(file("ada.heic"))));
  }

  /**
   * Photos of phones, which are made of tiles: the folder that the system property names, with what
   * another program made of each beside it ({@code a.heic} and {@code a-heic.png}).
   */
  @Test
  void samplesEqualWhatOthersMakeOfThem() throws IOException {
    String folder = System.getProperty("facepipeline.heif");
    Assumptions.assumeTrue(folder != null, "set -Dfacepipeline.heif=DIR to run this");
    List<Path> samples;
    try (Stream<Path> files = Files.list(Path.of(String.valueOf(folder)))) {
      samples = files.filter(f -> f.toString().matches(".*\\.(heic|heif|avif)")).sorted().toList();
    }
    List<String> different = new ArrayList<>();
    int compared = 0;
    for (Path sample : samples) {
      Path made = Path.of(sample.toString().replaceAll("\\.(\\w+)$", "-$1.png"));
      if (Files.exists(made)) {
        compared++;
        double difference = difference(Image.read(made), Image.read(sample));
        if (difference > MOST_DIFFERENCE) {
          different.add(sample + ": " + difference);
        }
      }
    }
    assertEquals(List.of(), different);
    assertTrue(compared > 0, "nothing to compare in " + folder);
  }
}
