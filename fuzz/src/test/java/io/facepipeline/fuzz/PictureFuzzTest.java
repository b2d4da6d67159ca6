package io.facepipeline.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ReadOptions;
import io.facepipeline.image.EncodedImage;
import io.facepipeline.testkit.PictureBombs;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.params.provider.MethodSource;

/** Pictures, one target a format so that each is looked into as long as the others. */
final class PictureFuzzTest {
  private static final ReadOptions OPTIONS = ReadOptions.defaults().withMaxPixels(1 << 20);

  private static Stream<byte[]> pictures(String format) throws IOException {
    List<byte[]> pictures = new ArrayList<>();
    Random random = new Random(1);
    for (int type :
        new int[] {
          BufferedImage.TYPE_INT_RGB,
          BufferedImage.TYPE_BYTE_GRAY,
          BufferedImage.TYPE_BYTE_INDEXED,
          BufferedImage.TYPE_INT_ARGB,
          BufferedImage.TYPE_BYTE_BINARY
        }) {
      BufferedImage image = new BufferedImage(9, 7, type);
      for (int i = 0; i < 63; i++) {
        image.setRGB(i % 9, i / 9, random.nextInt() | 0xff000000);
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      if (ImageIO.write(image, format, out)) {
        pictures.add(out.toByteArray());
      }
    }
    return pictures.stream();
  }

  private static void read(byte[] picture) {
    Hostile.read(
        () -> {
          Image image = Image.read(picture, OPTIONS);
          if ((long) image.width() * image.height() > 1 << 20) {
            throw new AssertionError("larger than allowed: " + image);
          }
        });
  }

  static Stream<byte[]> jpegs() throws IOException {
    return pictures("jpeg");
  }

  @MethodSource("jpegs")
  @FuzzTest
  void jpeg(byte[] picture) {
    read(picture);
  }

  static Stream<byte[]> pngs() throws IOException {
    return pictures("png");
  }

  @MethodSource("pngs")
  @FuzzTest
  void png(byte[] picture) {
    read(picture);
  }

  static Stream<byte[]> gifs() throws IOException {
    return pictures("gif");
  }

  @MethodSource("gifs")
  @FuzzTest
  void gif(byte[] picture) {
    read(picture);
  }

  static Stream<byte[]> bmps() throws IOException {
    return pictures("bmp");
  }

  @MethodSource("bmps")
  @FuzzTest
  void bmp(byte[] picture) {
    read(picture);
  }

  static Stream<byte[]> tiffs() throws IOException {
    return pictures("tiff");
  }

  @MethodSource("tiffs")
  @FuzzTest
  void tiff(byte[] picture) {
    read(picture);
  }

  static Stream<byte[]> webps() {
    return PictureBombs.all(10_000).entrySet().stream()
        .filter(bomb -> bomb.getKey().contains("webp"))
        .map(Map.Entry::getValue);
  }

  /** What is handed to a native decoder is in order, and is checked to be so. */
  @MethodSource("webps")
  @FuzzTest
  void webp(byte[] picture) {
    Hostile.read(
        () -> {
          byte[] checked = EncodedImage.check(picture, OPTIONS, "webp").bytes();
          boolean webp = new String(picture, StandardCharsets.ISO_8859_1).startsWith("WEBP", 8);
          if (webp && !Arrays.equals(checked, again(checked))) {
            throw new AssertionError("other bytes than were checked are decoded");
          }
        });
  }

  private static byte[] again(byte[] checked) {
    try {
      return EncodedImage.check(checked, OPTIONS, "again").bytes();
    } catch (ImageException e) {
      throw new AssertionError("what was found in order is not", e);
    }
  }
}
