package io.facepipeline.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Image;
import io.facepipeline.ImageTest;
import io.facepipeline.Pictures;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures of the JDK in all their kinds, given as they are and through files. */
final class ImageConversionTest {
  private static final int WIDTH = 13;
  private static final int HEIGHT = 9;
  private static final Image WANTED = Pictures.gradient(WIDTH, HEIGHT);

  private static BufferedImage painted(int type) {
    BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, type);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        picture.setRGB(x, y, 0xFF000000 | WANTED.rgbAt(x, y));
      }
    }
    return picture;
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_INT_ARGB_PRE,
        BufferedImage.TYPE_INT_BGR,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_4BYTE_ABGR,
        BufferedImage.TYPE_4BYTE_ABGR_PRE
      })
  void takesTrueColourExactly(int type) {
    assertEquals(WANTED, Image.of(painted(type)));
    assertEquals(WANTED, Image.read(Pictures.encode(painted(type), "png")));
  }

  @ParameterizedTest
  @ValueSource(ints = {BufferedImage.TYPE_USHORT_565_RGB, BufferedImage.TYPE_USHORT_555_RGB})
  void scalesFewBits(int type) {
    Image image = Image.of(painted(type));
    assertTrue(ImageTest.meanDifference(WANTED, image) < 5);
    assertEquals(255, image.rgbAt(WIDTH - 1, 0) >> 16);
  }

  @ParameterizedTest
  @ValueSource(ints = {BufferedImage.TYPE_BYTE_BINARY, BufferedImage.TYPE_BYTE_INDEXED})
  void looksUpPalettes(int type) {
    BufferedImage picture = painted(type);
    for (String format : new String[] {"", "png", "gif", "bmp", "tiff"}) {
      Image image =
          format.isEmpty() ? Image.of(picture) : Image.read(Pictures.encode(picture, format));
      for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
          assertEquals(picture.getRGB(x, y) & 0xFFFFFF, image.rgbAt(x, y), format);
        }
      }
    }
  }

  @Test
  void keepsGreySamplesAsTheyAre() {
    BufferedImage bytes = new BufferedImage(256, 1, BufferedImage.TYPE_BYTE_GRAY);
    BufferedImage shorts = new BufferedImage(256, 1, BufferedImage.TYPE_USHORT_GRAY);
    for (int x = 0; x < 256; x++) {
      bytes.getRaster().setSample(x, 0, 0, x);
      shorts.getRaster().setSample(x, 0, 0, x << 8 | 0xFF);
    }
    for (Image image :
        new Image[] {
          Image.of(bytes),
          Image.of(shorts),
          Image.read(Pictures.encode(bytes, "png")),
          Image.read(Pictures.encode(shorts, "png")),
          Image.read(Pictures.encode(bytes, "tiff")),
          Image.read(Pictures.encode(bytes, "bmp"))
        }) {
      for (int x = 0; x < 256; x++) {
        assertEquals(x * 0x010101, image.rgbAt(x, 0));
      }
    }
  }

  @Test
  void dropsAlphaWithoutBlending() {
    BufferedImage picture = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    picture.setRGB(0, 0, 0x00FF8040);
    picture.setRGB(1, 0, 0x80FF8040);
    assertEquals(0xFF8040, Image.of(picture).rgbAt(0, 0));
    assertEquals(0xFF8040, Image.read(Pictures.encode(picture, "png")).rgbAt(1, 0));
    assertEquals(0xFF8040, Image.read(Pictures.encode(picture, "tiff")).rgbAt(0, 0));
  }

  @Test
  void keepsTheHighByteOf16BitColours() {
    ComponentColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_LINEAR_RGB),
            true,
            false,
            Transparency.TRANSLUCENT,
            DataBuffer.TYPE_USHORT);
    WritableRaster raster = model.createCompatibleWritableRaster(1, 1);
    raster.setPixel(0, 0, new int[] {0x12FF, 0x3400, 0xFFFF, 0});
    BufferedImage picture = new BufferedImage(model, raster, false, null);
    assertEquals(0x1234FF, Image.of(picture).rgbAt(0, 0));
    assertEquals(0x1234FF, Image.read(Pictures.encode(picture, "png")).rgbAt(0, 0));
  }

  @Test
  void paintsIndexesPastThePaletteBlack() {
    IndexColorModel model =
        new IndexColorModel(8, 2, new byte[] {9, 9}, new byte[] {9, 9}, new byte[] {9, 9});
    BufferedImage picture = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_INDEXED, model);
    picture.getRaster().setSample(1, 0, 0, 200);
    assertEquals(0x090909, Image.of(picture).rgbAt(0, 0));
    assertEquals(0, Image.of(picture).rgbAt(1, 0));
  }

  @Test
  void takesPartsOfPictures() {
    for (int type : new int[] {BufferedImage.TYPE_3BYTE_BGR, BufferedImage.TYPE_INT_RGB}) {
      BufferedImage part = painted(type).getSubimage(3, 2, 7, 5);
      assertEquals(WANTED.crop(3, 2, 7, 5), Image.of(part));
    }
  }

  @Test
  void turnsInkIntoLight() {
    byte[] inverted = {(byte) 255, 0, 100, (byte) 255, 51, 102, (byte) 204, 127};
    byte[] rgb = RgbConversion.inkToRgb(inverted, true);
    assertEquals(Image.ofRgb(2, 1, new byte[] {-1, 0, 100, 25, 51, 102}), Image.ofRgb(2, 1, rgb));
    byte[] plain = {0, (byte) 255, (byte) 155, 0, (byte) 204, (byte) 153, 51, (byte) 128};
    assertEquals(Image.ofRgb(2, 1, rgb), Image.ofRgb(2, 1, RgbConversion.inkToRgb(plain, false)));
  }

  @Test
  void readsGreyJpeg() {
    BufferedImage grey = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 256; i++) {
      grey.getRaster().setSample(i % 16, i / 16, 0, 77);
    }
    assertEquals(77 * 0x010101, Image.read(Pictures.encode(grey, "jpeg")).rgbAt(5, 5));
  }

  @Test
  void convertsJpegColoursAsLibjpegDoes() throws IOException {
    Image image = Pictures.gradient(64, 48);
    byte[] jpeg = Pictures.jpeg(image);
    // Without a profile the JDK leaves the conversion to libjpeg.
    BufferedImage reference = ImageIO.read(new ByteArrayInputStream(jpeg));
    assertEquals(Image.of(reference), Image.read(jpeg));
    // Without marks the components come raw. Their sampling tells the JDK too that they are YCC.
    byte[] unmarked = jpeg.clone();
    unmarked[6] = 'X';
    assertEquals(Image.of(reference), Image.read(unmarked));
  }

  @Test
  void ignoresProfilesInJpeg() {
    byte[] jpeg = Pictures.jpeg(Pictures.gradient(24, 16));
    byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    byte[] segment =
        ByteBuffer.allocate(profile.length + 18)
            .putShort((short) 0xFFE2)
            .putShort((short) (profile.length + 16))
            .put("ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII))
            .put((byte) 1)
            .put((byte) 1)
            .put(profile)
            .array();
    byte[] profiled =
        ByteBuffer.allocate(jpeg.length + segment.length)
            .put(jpeg, 0, 20)
            .put(segment)
            .put(jpeg, 20, jpeg.length - 20)
            .array();
    assertEquals(Image.read(jpeg), Image.read(profiled));
  }
}
