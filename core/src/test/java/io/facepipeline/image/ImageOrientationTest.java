package io.facepipeline.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Image;
import io.facepipeline.ImageTest;
import io.facepipeline.Pictures;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageOrientationTest {
  private static final Image UPRIGHT = Pictures.gradient(24, 16);

  /**
   * The pixels that a camera held in some way stores for the upright picture: the inverse turning.
   */
  private static Image stored(int orientation) {
    boolean transposed = orientation >= 5;
    int width = transposed ? UPRIGHT.height() : UPRIGHT.width();
    int height = transposed ? UPRIGHT.width() : UPRIGHT.height();
    byte[] rgb = new byte[width * height * 3];
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        // Where row 0 and column 0 of the stored picture lie, in the words of the Exif standard.
        int pixel =
            switch (orientation) {
              case 1 -> UPRIGHT.rgbAt(column, row); // top, left
              case 2 -> UPRIGHT.rgbAt(23 - column, row); // top, right
              case 3 -> UPRIGHT.rgbAt(23 - column, 15 - row); // bottom, right
              case 4 -> UPRIGHT.rgbAt(column, 15 - row); // bottom, left
              case 5 -> UPRIGHT.rgbAt(row, column); // left, top
              case 6 -> UPRIGHT.rgbAt(23 - row, column); // right, top
              case 7 -> UPRIGHT.rgbAt(23 - row, 15 - column); // right, bottom
              case 8 -> UPRIGHT.rgbAt(row, 15 - column); // left, bottom
              default -> throw new IllegalArgumentException("orientation " + orientation);
            };
        int at = 3 * (row * width + column);
        rgb[at] = (byte) (pixel >> 16);
        rgb[at + 1] = (byte) (pixel >> 8);
        rgb[at + 2] = (byte) pixel;
      }
    }
    return Image.ofRgb(width, height, rgb);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void turnsUpright(int orientation) {
    Image stored = stored(orientation);
    for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
      byte[] exif = Pictures.exif(orientation, order);
      assertEquals(UPRIGHT, Image.read(Pictures.withChunk(stored.toPng(), "eXIf", exif)));
      Image photo = Image.read(Pictures.withExif(Pictures.jpeg(stored), exif));
      double difference = ImageTest.meanDifference(UPRIGHT, photo);
      assertTrue(difference < 6, "mean difference " + difference);
    }
  }

  @Test
  void turnsTiff() {
    byte[] tiff = Pictures.encode(stored(6).toBufferedImage(), "tiff");
    assertEquals(stored(6), Image.read(tiff));
    assertEquals(UPRIGHT, Image.read(withTiffTag(tiff, (short) 6)));
  }

  /** Moves the directory to the end of the file and gives it an orientation. */
  private static byte[] withTiffTag(byte[] tiff, short orientation) {
    ByteOrder order = tiff[0] == 'M' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    ByteBuffer from = ByteBuffer.wrap(tiff).order(order);
    int at = from.getInt(4);
    int count = from.getShort(at);
    int start = tiff.length + (tiff.length & 1);
    ByteBuffer to = ByteBuffer.allocate(start + 2 + 12 * (count + 1) + 4).order(order);
    to.put(tiff).putInt(4, start).position(start);
    to.putShort((short) (count + 1));
    boolean put = false;
    for (int i = 0; i < count; i++) {
      int entry = at + 2 + 12 * i;
      if (!put && from.getShort(entry) > 274) {
        to.putShort((short) 274).putShort((short) 3).putInt(1).putShort(orientation);
        to.putShort((short) 0);
        put = true;
      }
      to.put(tiff, entry, 12);
    }
    return to.array();
  }

  @Test
  void takesDamagedExifForUpright() {
    byte[] jpeg = Pictures.jpeg(UPRIGHT);
    Image plain = Image.read(jpeg);
    Random random = new Random(4);
    for (int i = 0; i < 300; i++) {
      byte[] exif = Pictures.exif(1, ByteOrder.BIG_ENDIAN);
      for (int change = 0; change < 3; change++) {
        int at = random.nextInt(exif.length);
        exif[at] = (byte) (at >= 16 ? 0xFF : random.nextInt());
      }
      Image read = Image.read(Pictures.withExif(jpeg, exif));
      assertEquals(plain.width() * plain.height(), read.width() * read.height());
    }
    for (int value : new int[] {0, 9, -1}) {
      byte[] exif = Pictures.exif(value, ByteOrder.LITTLE_ENDIAN);
      assertEquals(plain, Image.read(Pictures.withExif(jpeg, exif)));
    }
    assertEquals(plain, Image.read(Pictures.withExif(jpeg, new byte[0])));
  }
}
