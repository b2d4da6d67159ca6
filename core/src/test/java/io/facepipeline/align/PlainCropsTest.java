package io.facepipeline.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Image;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The quick ways to cut a crop give the bytes of the plain ones. */
final class PlainCropsTest {
  private final Random random = new Random(7);

  @Test
  void warpsGiveThePlainBytes() {
    for (int round = 0; round < 400; round++) {
      Image photo = noise(1 + random.nextInt(70), 1 + random.nextInt(50));
      double angle = random.nextDouble() * 2 * Math.PI;
      double scale = Math.exp(3 * random.nextDouble() - 1.5);
      double mirror = random.nextBoolean() ? 1 : -1;
      AffineMatrix toCrop =
          new AffineMatrix(
              mirror * scale * Math.cos(angle),
              scale * Math.sin(angle),
              60 * random.nextDouble() - 20,
              -mirror * scale * Math.sin(angle),
              scale * Math.cos(angle),
              60 * random.nextDouble() - 20);
      assertSameWarp(photo, toCrop);
    }
  }

  @Test
  void warpsFarOutsideGiveThePlainBytes() {
    Image photo = noise(20, 10);
    for (double far : new double[] {1e3, 1e7, 1e12, 1e300}) {
      assertSameWarp(photo, new AffineMatrix(1, 0.5, far, -0.5, 1, -far));
      assertSameWarp(photo, new AffineMatrix(1e-4, 0, far, 0, 1e-4, far));
    }
  }

  private void assertSameWarp(Image photo, AffineMatrix toCrop) {
    int width = 1 + random.nextInt(40);
    int height = 1 + random.nextInt(40);
    byte[] plain = new byte[width * height * 3];
    byte[] quick = new byte[width * height * 3];
    PlainCrops.warp(photo, toCrop, width, height, ByteBuffer.wrap(plain));
    AffineWarp.warp(photo, toCrop, width, height, ByteBuffer.wrap(quick));
    assertArrayEquals(plain, quick, () -> photo + " " + toCrop);
  }

  @Test
  void marginCropsGiveThePlainBytes() {
    int enlarged = 0;
    for (int round = 0; round < 400; round++) {
      Image photo = noise(1 + random.nextInt(300), 1 + random.nextInt(200));
      float x = random.nextFloat() * (photo.width() - 1);
      float y = random.nextFloat() * (photo.height() - 1);
      Box box =
          new Box(
              x - random.nextInt(3),
              y - random.nextInt(3),
              x + 1 + random.nextFloat() * (photo.width() + 5 - x),
              y + 1 + random.nextFloat() * (photo.height() + 5 - y));
      int side = 20 + random.nextInt(60);
      byte[] plain = new byte[side * side * 3];
      byte[] quick = new byte[side * side * 3];
      PlainCrops.cut(photo, box, 14, side, side, ByteBuffer.wrap(plain));
      MarginCrop.cut(photo, box, 14, side, side, ByteBuffer.wrap(quick));
      assertArrayEquals(plain, quick, () -> photo + " " + box);
      enlarged += box.width() < side ? 1 : 0;
    }
    assertTrue(enlarged > 50 && enlarged < 350, enlarged + " boxes were enlarged");
  }

  private Image noise(int width, int height) {
    byte[] rgb = new byte[width * height * 3];
    random.nextBytes(rgb);
    return Image.ofRgb(width, height, rgb);
  }
}
