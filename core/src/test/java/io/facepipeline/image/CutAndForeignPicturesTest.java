package io.facepipeline.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ImageException.Reason;
import io.facepipeline.Pictures;
import io.facepipeline.ReadOptions;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Complete pixels are a picture; what is cut off or cannot be read rightly is refused as such. */
final class CutAndForeignPicturesTest {
  private static final Image IMAGE = Pictures.gradient(61, 47);
  private static final ReadOptions LENIENT = ReadOptions.defaults().withLenient(true);

  private static byte[] jpeg(boolean progressive) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(output);
      ImageWriteParam param = writer.getDefaultWriteParam();
      if (progressive) {
        param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      }
      writer.write(null, new IIOImage(IMAGE.toBufferedImage(), null, null), param);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static byte[] cut(byte[] bytes, int fewer) {
    return Arrays.copyOf(bytes, bytes.length - fewer);
  }

  private static void assertCut(byte[] bytes) {
    ImageException e = assertThrows(ImageException.class, () -> Image.read(bytes));
    assertEquals(Reason.CORRUPT, e.reason(), e.getMessage());
    assertTrue(e.getMessage().contains("truncated"), e.getMessage());
  }

  @Test
  void aJpegThatLacksOnlyItsEndMarkerIsRead() throws IOException {
    byte[] whole = Pictures.jpeg(IMAGE);
    assertEquals(0xD9, whole[whole.length - 1] & 0xFF);
    assertEquals(Image.read(whole), Image.read(cut(whole, 2)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void eachPixelOfAJpegCounts(boolean progressive) throws IOException {
    byte[] whole = jpeg(progressive);
    Image image = Image.read(whole);
    assertEquals(image, Image.read(cut(whole, 1)));
    assertEquals(image, Image.read(cut(whole, 2)));
    for (int fewer = 4; fewer < whole.length - 700; fewer += 1 + fewer / 20) {
      assertCut(cut(whole, fewer));
    }
    Image part = Image.read(cut(whole, 200), LENIENT);
    assertEquals(image.toString(), part.toString());
    assertFalse(image.equals(part));
  }

  /** An end marker behind half of the pixels does not make them more. */
  @Test
  void aJpegWhoseEndMarkerComesTooEarlyIsCut() throws IOException {
    byte[] whole = Pictures.jpeg(Pictures.gradient(61, 470));
    byte[] half = cut(whole, (whole.length - 700) / 2);
    half[half.length - 2] = (byte) 0xFF;
    half[half.length - 1] = (byte) 0xD9;
    assertCut(half);
    assertEquals(61, Image.read(half, LENIENT).width());
  }

  @Test
  void aPngWithoutItsEndIsRead() {
    byte[] png = IMAGE.toPng();
    // The end chunk, then the pixel chunk's checksum, then the checksum of what it packs.
    assertEquals(IMAGE, Image.read(cut(png, 12)));
    assertEquals(IMAGE, Image.read(cut(png, 16)));
    assertEquals(IMAGE, Image.read(cut(png, 20)));
    assertCut(cut(png, png.length / 2));
    Image part = Image.read(cut(png, png.length / 3), LENIENT);
    assertEquals(IMAGE.rgbAt(60, 2), part.rgbAt(60, 2));
    assertEquals(0, part.rgbAt(60, 46));
  }

  @Test
  void aGifWithoutItsTrailerIsRead() {
    BufferedImage indexed = new BufferedImage(61, 47, BufferedImage.TYPE_BYTE_INDEXED);
    indexed.createGraphics().drawImage(IMAGE.toBufferedImage(), 0, 0, null);
    byte[] gif = Pictures.encode(indexed, "gif");
    Image image = Image.read(gif);
    assertEquals(image, Image.read(cut(gif, 1)));
    assertEquals(image, Image.read(cut(gif, 2)));
    assertCut(cut(gif, gif.length / 3));
    assertEquals(61, Image.read(cut(gif, gif.length / 3), LENIENT).width());
  }

  @Test
  void cutBitmapsAndTiffsAreRefusedOrGivenAsFarAsTheyGo() {
    byte[] bmp = Pictures.encode(IMAGE.toBufferedImage(), "bmp");
    assertCut(cut(bmp, 1000));
    // Rows of bitmaps begin at the bottom.
    assertEquals(IMAGE.rgbAt(9, 40), Image.read(cut(bmp, 1000), LENIENT).rgbAt(9, 40));
    byte[] text = "hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    assertThrows(ImageException.class, () -> Image.read(text, LENIENT));
    assertThrows(ImageException.class, () -> Image.read(cut(bmp, bmp.length - 60), LENIENT));
  }

  private static byte[] tiff(int tag, int value) {
    byte[] tiff = Pictures.encode(IMAGE.toBufferedImage(), "tiff");
    ByteBuffer view =
        ByteBuffer.wrap(tiff)
            .order(tiff[0] == 'M' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    int directory = view.getInt(4);
    for (int i = 0; i < view.getShort(directory); i++) {
      int entry = directory + 2 + 12 * i;
      if (view.getShort(entry) == tag) {
        view.putShort(entry + 2, (short) 3).putInt(entry + 4, 1).putShort(entry + 8, (short) value);
        return tiff;
      }
    }
    throw new AssertionError("no tag " + tag);
  }

  @ParameterizedTest
  @CsvSource({
    "262, 4, transparency mask",
    "262, 8, cielab",
    "262, 9, icclab",
    "262, 10, itulab",
    "262, 32803, raw samples",
    "262, 32845, logluv",
    "262, 77, colors of the kind 77",
    "259, 34712, jpeg 2000",
    "259, 50000, zstandard",
    "259, 34925, lzma",
    "259, 999, compression 999",
    "277, 9, 9 samples",
    "258, 40, 40 bits"
  })
  void whatCannotBeReadRightlyIsRefusedByName(int tag, int value, String named) {
    ImageException e = assertThrows(ImageException.class, () -> Image.read(tiff(tag, value)));
    assertEquals(Reason.UNSUPPORTED, e.reason(), e.getMessage());
    assertTrue(e.getMessage().contains(named), e.getMessage());
  }

  /** A TIFF of 4x4 pixels whose third sample claims 30 bits. */
  private static byte[] thirtyBits() {
    int[][] entries = {
      {256, 4, 1, 4}, // width
      {257, 4, 1, 4}, // height
      {258, 3, 3, 198}, // bits, behind the directory
      {259, 3, 1, 1},
      {262, 3, 1, 2},
      {273, 4, 1, 8}, // the strip
      {277, 3, 1, 3},
      {278, 4, 1, 4},
      {279, 4, 1, 64},
      {284, 3, 1, 1}
    };
    ByteBuffer tiff = ByteBuffer.allocate(204).order(ByteOrder.LITTLE_ENDIAN);
    tiff.putShort((short) 0x4949).putShort((short) 42).putInt(72);
    tiff.position(72);
    tiff.putShort((short) entries.length);
    for (int[] entry : entries) {
      tiff.putShort((short) entry[0]).putShort((short) entry[1]).putInt(entry[2]).putInt(entry[3]);
    }
    tiff.putInt(0).putShort((short) 8).putShort((short) 8).putShort((short) 30);
    return tiff.array();
  }

  @Test
  void aTableForEachValueOfThirtyBitsIsNotMade() {
    ImageException e = assertThrows(ImageException.class, () -> Image.read(thirtyBits()));
    assertEquals(Reason.UNSUPPORTED, e.reason());
    assertTrue(e.getMessage().contains("30 bits"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"0xC9, arithmetic", "0xC3, lossless", "0xC5, hierarchical"})
  void otherKindsOfJpegAreNamed(int type, String named) {
    byte[] jpeg = Pictures.jpeg(IMAGE);
    int at = 0;
    while ((jpeg[at] & 0xFF) != 0xFF || (jpeg[at + 1] & 0xFF) != 0xC0) {
      at++;
    }
    jpeg[at + 1] = (byte) type;
    ImageException e = assertThrows(ImageException.class, () -> Image.read(jpeg));
    assertEquals(Reason.UNSUPPORTED, e.reason());
    assertTrue(e.getMessage().contains(named), e.getMessage());
    jpeg[at + 1] = (byte) 0xC0;
    jpeg[at + 4] = 12;
    e = assertThrows(ImageException.class, () -> Image.read(jpeg));
    assertTrue(e.getMessage().contains("12 bits"), e.getMessage());
  }

  /** A codec's want of memory says nothing about the file. */
  @Test
  void wantOfMemoryIsNotDamage() {
    ImageException e =
        assertThrows(
            ImageException.class, () -> Image.read(new byte[] {'D', 'O', 'T', 'O', 'O', 'M'}));
    assertEquals(Reason.TOO_LARGE, e.reason());
    assertTrue(e.getMessage().contains("-Xmx"), e.getMessage());
  }

  @Test
  void aLargePictureOfFewBytesNeedsTrust() {
    byte[] png = Image.ofGrey(6000, 5000, new byte[30_000_000]).toPng();
    ImageException e = assertThrows(ImageException.class, () -> Image.read(png));
    assertEquals(Reason.TOO_LARGE, e.reason());
    assertTrue(e.getMessage().contains("maxExpansion"), e.getMessage());
    assertEquals(6000, Image.read(png, ReadOptions.defaults().withMaxExpansion(5000)).width());
    assertThrows(IllegalArgumentException.class, () -> ReadOptions.defaults().withMaxExpansion(0));
  }
}
