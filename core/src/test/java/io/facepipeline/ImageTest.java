package io.facepipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.ImageException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public final class ImageTest {
  private static final byte[] FOUR = {
    1, 2, 3, 4, 5, 6, (byte) 250, (byte) 251, (byte) 252, 10, 11, 12
  };

  @TempDir private Path folder;

  @Test
  void copiesPixelsInAndOut() {
    byte[] given = FOUR.clone();
    Image image = Image.ofRgb(2, 2, given);
    given[0] = 99;
    image.toRgb()[1] = 99;
    assertArrayEquals(FOUR, image.toRgb());
    assertEquals(0x040506, image.rgbAt(1, 0));
    assertEquals(0xFAFBFC, image.rgbAt(0, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> image.rgbAt(2, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> image.rgbAt(0, -1));
    byte[] row = new byte[8];
    image.copyRow(1, row, 1);
    assertArrayEquals(new byte[] {0, -6, -5, -4, 10, 11, 12, 0}, row);
    assertThrows(IndexOutOfBoundsException.class, () -> image.copyRow(2, row, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> image.copyRow(0, row, 3));
    assertSame(image.unsafeRgb(), image.unsafeRgb());
  }

  @Test
  void showsPixelsReadOnly() {
    ByteBuffer rgb = Image.ofRgb(2, 2, FOUR).rgb();
    assertEquals(12, rgb.remaining());
    assertEquals(3, rgb.get(2));
    assertThrows(ReadOnlyBufferException.class, () -> rgb.put(0, (byte) 1));
  }

  @Test
  void takesOtherOrders() {
    assertEquals(0x030201, Image.ofBgr(2, 2, FOUR).rgbAt(0, 0));
    assertEquals(0x808080, Image.ofGrey(1, 2, new byte[] {0, (byte) 128}).rgbAt(0, 1));
  }

  @Test
  void refusesSizesThatDoNotFit() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Image.ofRgb(2, 3, FOUR));
    assertEquals("2x3 pixels take 18 bytes, not 12", e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Image.ofGrey(0, 3, new byte[0]));
    assertThrows(IllegalArgumentException.class, () -> Image.ofBgr(65536, 65536, new byte[0]));
  }

  @Test
  void cropsAndMirrors() {
    Image image = Pictures.gradient(7, 5);
    Image part = image.crop(2, 1, 5, 4);
    assertEquals("5x4 image", part.toString());
    assertEquals(image.rgbAt(6, 4), part.rgbAt(4, 3));
    assertEquals(image.rgbAt(2, 1), part.rgbAt(0, 0));
    assertThrows(IllegalArgumentException.class, () -> image.crop(3, 0, 5, 1));
    assertThrows(IllegalArgumentException.class, () -> image.crop(-1, 0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> image.crop(0, 0, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> image.crop(1, 0, Integer.MAX_VALUE, 1));
    assertEquals(image.rgbAt(0, 3), image.mirrored().rgbAt(6, 3));
    assertEquals(image, image.mirrored().mirrored());
  }

  @Test
  void comparesByContent() {
    Image image = Image.ofRgb(2, 2, FOUR);
    assertEquals(Image.ofRgb(2, 2, FOUR), image);
    assertEquals(Image.ofRgb(2, 2, FOUR).hashCode(), image.hashCode());
    assertNotEquals(Image.ofRgb(4, 1, FOUR), image);
    assertNotEquals(Image.ofBgr(2, 2, FOUR), image);
  }

  @Test
  void isItsOwnSource() {
    Image image = Pictures.gradient(12, 6);
    ImageSource source = image;
    assertSame(image, source.load());
    assertEquals("12x6 image", source.name());
  }

  @Test
  void readsFilesLazily() {
    Path file = folder.resolve("a.png");
    ImageSource source = ImageSource.of(file);
    assertEquals(file.toString(), source.name());
    assertEquals(Reason.MISSING, assertThrows(ImageException.class, source::load).reason());
    Image image = Pictures.gradient(12, 6);
    image.writePng(file);
    assertEquals(image, source.load());
  }

  @Test
  void keepsEverythingInPng() throws IOException {
    Image image = Pictures.gradient(33, 21);
    assertEquals(image, Image.read(image.toPng()));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    image.writePng(bytes);
    assertEquals(image, Image.read(new ByteArrayInputStream(bytes.toByteArray())));
    Path file = folder.resolve("a.png");
    image.writePng(file);
    image.writePng(file);
    assertEquals(image, Image.read(file));
    assertEquals(image, Image.of(image.toBufferedImage()));
    assertEquals(List.of("a.png"), names());
  }

  @Test
  void keepsMostInJpeg() throws IOException {
    Image image = Pictures.gradient(64, 48).crop(30, 0, 34, 48);
    Path file = folder.resolve("a.jpg");
    image.writeJpeg(file, 0.95f);
    Image read = Image.read(file);
    assertTrue(meanDifference(image, read) < 2, "mean difference " + meanDifference(image, read));
    ByteArrayOutputStream small = new ByteArrayOutputStream();
    image.writeJpeg(small, 0.1f);
    assertTrue(small.size() < Files.size(file));
    assertThrows(IllegalArgumentException.class, () -> image.writeJpeg(small, 1.1f));
    assertThrows(IllegalArgumentException.class, () -> image.writeJpeg(small, Float.NaN));
    Image wide = Image.ofGrey(70_000, 1, new byte[70_000]);
    assertThrows(IllegalArgumentException.class, () -> wide.writeJpeg(small, 0.5f));
  }

  public static double meanDifference(Image a, Image b) {
    assertEquals(a.toString(), b.toString());
    long sum = 0;
    byte[] one = a.unsafeRgb();
    byte[] other = b.unsafeRgb();
    for (int i = 0; i < one.length; i++) {
      sum += Math.abs((one[i] & 0xFF) - (other[i] & 0xFF));
    }
    return (double) sum / one.length;
  }

  @Test
  void leavesNothingBehindWhenWritingFails() throws IOException {
    Image image = Pictures.gradient(8, 8);
    Path directory = Files.createDirectories(folder.resolve("dir.png/full"));
    ImageException e =
        assertThrows(ImageException.class, () -> image.writePng(directory.getParent()));
    assertEquals(Reason.IO, e.reason());
    assertThrows(ImageException.class, () -> image.writePng(folder.resolve("absent/a.png")));
    assertEquals(List.of("dir.png"), names());
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("full");
          }
        };
    assertThrows(ImageException.class, () -> image.writePng(broken));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).toList();
    }
  }

  @Test
  void saysWhyAFileCannotBeRead() throws IOException {
    ImageException missing =
        assertThrows(ImageException.class, () -> Image.read(folder.resolve("no.jpg")));
    assertEquals(Reason.MISSING, missing.reason());
    assertEquals(folder.resolve("no.jpg").toString(), missing.source());
    assertTrue(missing.getMessage().endsWith("no.jpg: no such file; check the path"));
    assertEquals(
        Reason.MISSING, assertThrows(ImageException.class, () -> Image.read(folder)).reason());
    Path empty = Files.createFile(folder.resolve("empty.jpg"));
    assertEquals(
        Reason.EMPTY, assertThrows(ImageException.class, () -> Image.read(empty)).reason());
    Path text = Files.writeString(folder.resolve("text.jpg"), "hello");
    ImageException unknown = assertThrows(ImageException.class, () -> Image.read(text));
    assertEquals(Reason.UNSUPPORTED, unknown.reason());
    assertTrue(unknown.getMessage().contains("not a picture in a known format"));
    byte[] webp = {'R', 'I', 'F', 'F', 0, 0, 0, 0, 'W', 'E', 'B', 'P', 'V', 'P', '8', ' '};
    ImageException modern = assertThrows(ImageException.class, () -> Image.read(webp));
    assertTrue(modern.getMessage().contains("format not supported: webp; add facepipeline-opencv"));
    InputStream failing =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("gone");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            throw new IOException("gone");
          }
        };
    assertEquals(Reason.IO, assertThrows(ImageException.class, () -> Image.read(failing)).reason());
  }

  @Test
  void keepsToTheLimits() throws IOException {
    byte[] png = Pictures.gradient(20, 10).toPng();
    ReadOptions exact = ReadOptions.defaults().withMaxPixels(200).withMaxEncodedBytes(png.length);
    assertEquals(20, Image.read(png, exact).width());
    assertEquals(20, Image.read(new ByteArrayInputStream(png), exact).width());
    ReadOptions few = exact.withMaxPixels(199);
    ImageException e = assertThrows(ImageException.class, () -> Image.read(png, few));
    assertEquals(Reason.TOO_LARGE, e.reason());
    assertTrue(e.getMessage().contains("claims to be 20x10, over the limit of 199 pixels"));
    ReadOptions small = exact.withMaxEncodedBytes(png.length - 1L);
    Path file = Files.write(folder.resolve("a.png"), png);
    for (ImageException tooLong :
        List.of(
            assertThrows(ImageException.class, () -> Image.read(png, small)),
            assertThrows(ImageException.class, () -> Image.read(file, small)),
            assertThrows(
                ImageException.class, () -> Image.read(new ByteArrayInputStream(png), small)))) {
      assertEquals(Reason.TOO_LARGE, tooLong.reason());
    }
    assertThrows(IllegalArgumentException.class, () -> exact.withMaxPixels(0));
    assertThrows(IllegalArgumentException.class, () -> exact.withMaxPixels(1L << 31));
    assertThrows(IllegalArgumentException.class, () -> exact.withMaxEncodedBytes(1L << 31));
  }

  @Test
  void asksCodecsOnTheClassPath() {
    assertEquals(0x010203, Image.read(new byte[] {'D', 'O', 'T', 1, 2, 3}).rgbAt(0, 0));
  }
}
