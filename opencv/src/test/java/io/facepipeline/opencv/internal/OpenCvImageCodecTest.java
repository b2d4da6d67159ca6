package io.facepipeline.opencv.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.Bytes;
import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ReadOptions;
import io.facepipeline.opencv.WebpSeeds;
import io.facepipeline.spi.ImageCodec;
import io.facepipeline.testkit.ResidentMemory;
import io.facepipeline.testkit.SharedData;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenCvImageCodecTest {
  private static final OpenCvImageCodec CODEC = new OpenCvImageCodec();
  private static final long GROWTH_KIB = 60 << 10;
  private static final ReadOptions LIMITS = ReadOptions.defaults();

  @Test
  void itIsFoundAndAskedFirst() throws IOException {
    List<ImageCodec> found =
        ServiceLoader.load(ImageCodec.class).stream().map(ServiceLoader.Provider::get).toList();
    assertTrue(found.stream().anyMatch(OpenCvImageCodec.class::isInstance), found.toString());
    Path photo = SharedData.album("groups/group_1.jpg");
    assertEquals(CODEC.decode(Files.readAllBytes(photo), LIMITS, "a"), Image.read(photo));
  }

  @Test
  void aPngIsDecodedToTheSamePixels() {
    Image image = pattern(37, 23);
    assertEquals(image, Image.read(image.toPng()));
  }

  /** Both ways from the sensor: mirrored, upside down, lying. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void theOrientationInTheFileIsApplied(int orientation) {
    Image upright = pattern(48, 32);
    Image stored = stored(upright, orientation);
    Image read = CODEC.decode(jpeg(stored, orientation), LIMITS, "jpeg");
    assertEquals(upright.width(), read.width());
    assertEquals(upright.height(), read.height());
    assertTrue(meanDifference(upright, read) < 12, "difference " + meanDifference(upright, read));
  }

  /** A chunk of PNG's may tell the orientation too. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 6, 8})
  void theOrientationInAPngIsApplied(int orientation) {
    Image upright = pattern(48, 32);
    byte[] png = stored(upright, orientation).toPng();
    ByteBuffer chunk = ByteBuffer.allocate(12 + tiff(orientation).length);
    chunk.putInt(tiff(orientation).length).put("eXIf".getBytes(StandardCharsets.US_ASCII));
    chunk.put(tiff(orientation));
    CRC32 check = new CRC32();
    check.update(chunk.array(), 4, chunk.position() - 4);
    chunk.putInt((int) check.getValue());
    // Behind the signature and the header.
    byte[] with = Bytes.concat(Arrays.copyOf(png, 33), chunk.array(), rest(png, 33));
    assertEquals(upright, Image.read(with));
    assertEquals(upright, builtIn(with, Path.of("png")));
  }

  @Test
  void ofSixteenBitsTheUpperEightAreKept() throws IOException {
    short[] samples = new short[3 * 256];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (short) (251 * i);
    }
    var colors =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB),
            false,
            false,
            Transparency.OPAQUE,
            DataBuffer.TYPE_USHORT);
    WritableRaster raster = colors.createCompatibleWritableRaster(16, 16);
    raster.setDataElements(0, 0, 16, 16, samples);
    byte[] png = png(new BufferedImage(colors, raster, false, null));
    byte[] rgb = Image.read(png).toRgb();
    for (int i = 0; i < samples.length; i++) {
      assertEquals((samples[i] & 0xFFFF) / 257.0, rgb[i] & 0xFF, 1, "sample " + i);
    }
  }

  @Test
  void alphaIsDroppedWithoutBlending() throws IOException {
    BufferedImage picture = new BufferedImage(4, 3, BufferedImage.TYPE_INT_ARGB);
    picture.setRGB(1, 2, 0x40AA7711);
    Image read = Image.read(png(picture));
    assertEquals(0xAA7711, read.rgbAt(1, 2));
  }

  @Test
  void webpIsDecoded() {
    Image image = pattern(37, 23);
    byte[] webp = WebpSeeds.lossless(image);
    assertEquals(image, CODEC.decode(webp, LIMITS, "webp"));
    assertTrue(
        meanDifference(image, CODEC.decode(WebpSeeds.lossy(image), LIMITS, "lossy webp")) < 12);
    assertThrows(
        ImageException.class,
        () -> CODEC.decode(Arrays.copyOf(webp, webp.length / 2), LIMITS, "webp"));
  }

  /** Of an animation the first picture counts, on its canvas. */
  @Test
  void theFirstPictureOfAnAnimatedWebpIsRead() {
    Image first = pattern(20, 12);
    Image second = pattern(20, 12).crop(0, 0, 10, 12).mirrored();
    byte[] whole = WebpSeeds.animated(20, 12, 0, 0, List.of(first, second));
    assertEquals(first, CODEC.decode(whole, LIMITS, "animation"));
    Image on = CODEC.decode(WebpSeeds.animated(30, 17, 8, 4, List.of(first)), LIMITS, "canvas");
    assertEquals(30, on.width());
    assertEquals(17, on.height());
    assertEquals(first, on.crop(8, 4, 20, 12));
    assertEquals(0, on.rgbAt(7, 4));
    assertEquals(0, on.rgbAt(29, 16));
    byte[] off = WebpSeeds.animated(20, 12, 8, 4, List.of(first));
    ImageException e =
        assertThrows(ImageException.class, () -> CODEC.decode(off, LIMITS, "off the canvas"));
    assertTrue(e.getMessage().contains("does not lie on its canvas of 20x12"), e.getMessage());
    byte[] none = WebpSeeds.animated(20, 12, 0, 0, List.of());
    assertThrows(ImageException.class, () -> CODEC.decode(none, LIMITS, "no picture"));
  }

  /** With the prefix that some writers put before it, and without. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 6, 8})
  void theOrientationInAWebpIsApplied(int orientation) {
    Image upright = pattern(48, 32);
    Image stored = stored(upright, orientation);
    byte[] exif = tiff(orientation);
    byte[] prefixed = Bytes.concat("Exif\0\0".getBytes(StandardCharsets.US_ASCII), exif);
    assertEquals(upright, CODEC.decode(WebpSeeds.withExif(stored, exif), LIMITS, "plain"));
    assertEquals(upright, CODEC.decode(WebpSeeds.withExif(stored, prefixed), LIMITS, "prefixed"));
  }

  private static byte[] png(BufferedImage picture) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(picture, "png", png));
    return png.toByteArray();
  }

  private static byte[] rest(byte[] bytes, int from) {
    return Arrays.copyOfRange(bytes, from, bytes.length);
  }

  @Test
  void cutOffFilesAreRefused() throws IOException {
    byte[] jpeg = Files.readAllBytes(SharedData.album("groups/group_1.jpg"));
    byte[] png = pattern(100, 80).toPng();
    for (byte[] whole : List.of(jpeg, png)) {
      for (double share : new double[] {0.001, 0.1, 0.5, 0.9}) {
        byte[] cut = Arrays.copyOf(whole, Math.max(16, (int) (share * whole.length)));
        ImageException e = assertThrows(ImageException.class, () -> Image.read(cut));
        assertEquals(ImageException.Reason.CORRUPT, e.reason());
      }
    }
  }

  @Test
  void damagedFilesGivePicturesOrTypedErrors() throws IOException {
    byte[] jpeg = Files.readAllBytes(SharedData.album("people/ada/ada_1.jpg"));
    byte[] png = pattern(64, 64).toPng();
    Random random = new Random(5);
    for (int i = 0; i < 200; i++) {
      byte[] damaged = (i % 2 == 0 ? jpeg : png).clone();
      for (int k = 0; k < 10; k++) {
        damaged[2 + random.nextInt(damaged.length - 2)] = (byte) random.nextInt(256);
      }
      try {
        assertTrue(Image.read(damaged).width() > 0);
      } catch (ImageException e) {
        assertTrue(
            e.getMessage().contains("damaged") || e.reason() != ImageException.Reason.CORRUPT,
            e.getMessage());
      }
    }
  }

  @Test
  void aPictureOverTheLimitIsRefusedBeforeItIsDecoded() {
    ReadOptions small = LIMITS.withMaxPixels(1000);
    ImageException e =
        assertThrows(
            ImageException.class, () -> CODEC.decode(jpeg(pattern(50, 21), 1), small, "big"));
    assertEquals(ImageException.Reason.TOO_LARGE, e.reason());
  }

  /**
   * A marker that has no length, before what looks like a small frame: decoders see the real one.
   */
  @Test
  void aDecoyFrameHidesNothing() {
    byte[] jpeg = jpeg(pattern(60, 40), 1);
    byte[] decoy = {
      (byte) 0xFF, (byte) 0xD0, (byte) 0xFF, (byte) 0xC0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0
    };
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, 2);
    out.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xD0});
    out.write(jpeg, 2, jpeg.length - 2);
    ReadOptions small = LIMITS.withMaxPixels(1000);
    ImageException real =
        assertThrows(ImageException.class, () -> CODEC.decode(out.toByteArray(), small, "restart"));
    assertEquals(ImageException.Reason.TOO_LARGE, real.reason());
    ByteArrayOutputStream hidden = new ByteArrayOutputStream();
    hidden.write(jpeg, 0, 2);
    hidden.writeBytes(decoy);
    hidden.write(jpeg, 2, jpeg.length - 2);
    assertThrows(ImageException.class, () -> CODEC.decode(hidden.toByteArray(), small, "decoy"));
  }

  @Test
  void picturesOfManySizesInManyThreadsStayApart() {
    List<Image> images =
        IntStream.range(1, 60).mapToObj(i -> pattern(7 * i % 61 + 1, 11 * i % 53 + 1)).toList();
    List<byte[]> files = images.stream().map(Image::toPng).toList();
    IntStream.range(0, 20 * files.size())
        .parallel()
        .forEach(
            i -> {
              int at = i % files.size();
              byte[] file = files.get(at);
              assertEquals(images.get(at), Image.read(file));
              if (i % 3 == 0) {
                byte[] cut = Arrays.copyOf(file, file.length / 2);
                assertThrows(ImageException.class, () -> Image.read(cut));
              }
            });
  }

  @Test
  void thousandsOfPicturesLeaveNothingBehind() throws IOException {
    byte[] jpeg = jpeg(pattern(60, 40), 6);
    byte[] broken = Arrays.copyOf(jpeg, jpeg.length / 2);
    long grown =
        ResidentMemory.leastGrowth(
            GROWTH_KIB,
            () -> {
              for (int i = 0; i < 6000; i++) {
                CODEC.decode(jpeg, LIMITS, "jpeg");
                assertThrows(ImageException.class, () -> CODEC.decode(broken, LIMITS, "broken"));
              }
            });
    assertTrue(grown < GROWTH_KIB, "resident memory grew by " + grown + " KiB");
  }

  /** Every odd file through both codecs: a picture or a typed error, and the same picture. */
  @Test
  void oddFilesGiveWhatTheJdkGives() throws IOException {
    Path odd = SharedData.path("data/odd");
    int decoded = 0;
    int errors = 0;
    int onlyHere = 0;
    List<String> differing = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> all = Files.walk(odd)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      byte[] bytes = Files.readAllBytes(file);
      if (!CODEC.canDecode(Arrays.copyOf(bytes, Math.min(64, bytes.length)))) {
        continue;
      }
      Image own = null;
      try {
        own = CODEC.decode(bytes, LIMITS, file.toString());
        decoded++;
      } catch (ImageException e) {
        errors++;
      }
      Image jdk = builtIn(bytes, file);
      if (own != null && jdk != null) {
        boolean same =
            own.width() == jdk.width()
                && own.height() == jdk.height()
                && meanDifference(own, jdk) < 2;
        if (!same) {
          differing.add(file.getFileName().toString());
        }
      } else if (own != null) {
        onlyHere++;
      } else if (jdk != null) {
        differing.add("only jdk: " + file.getFileName());
      }
    }
    System.out.println(
        "odd files: "
            + decoded
            + " decoded, "
            + errors
            + " errors, "
            + onlyHere
            + " decoded by opencv only, differing: "
            + differing);
    assertTrue(decoded > 40, decoded + " decoded");
    assertEquals(List.of(), differing);
  }

  /** What the built-in codec makes of a file; null if it refuses it. */
  private static @Nullable Image builtIn(byte[] bytes, Path file) {
    try {
      return ImageCodec.builtIn().decode(bytes, LIMITS, file.toString());
    } catch (ImageException e) {
      return null;
    }
  }

  private static double meanDifference(Image a, Image b) {
    byte[] x = a.unsafeRgb();
    byte[] y = b.unsafeRgb();
    return IntStream.range(0, x.length)
        .mapToDouble(i -> Math.abs((x[i] & 0xFF) - (y[i] & 0xFF)))
        .average()
        .orElse(0);
  }

  private static Image pattern(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = 3 * (y * width + x);
        rgb[at] = (byte) (255 * x / width);
        rgb[at + 1] = (byte) (255 * y / height);
        rgb[at + 2] = (byte) (x < width / 3 && y < height / 3 ? 255 : 0);
      }
    }
    return Image.ofRgb(width, height, rgb);
  }

  /** How a camera that was held so would have stored it. */
  private static Image stored(Image upright, int orientation) {
    boolean turned = orientation >= 5;
    int width = turned ? upright.height() : upright.width();
    int height = turned ? upright.width() : upright.height();
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        // Where Exif says that row y and column x of the file belong.
        int u = turned ? y : x;
        int v = turned ? x : y;
        boolean right =
            orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
        boolean bottom =
            orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
        int px =
            upright.rgbAt(
                right ? upright.width() - 1 - u : u, bottom ? upright.height() - 1 - v : v);
        int at = 3 * (y * width + x);
        rgb[at] = (byte) (px >> 16);
        rgb[at + 1] = (byte) (px >> 8);
        rgb[at + 2] = (byte) px;
      }
    }
    return Image.ofRgb(width, height, rgb);
  }

  private static byte[] jpeg(Image image, int orientation) {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    image.writeJpeg(plain, 0.95f);
    byte[] jpeg = plain.toByteArray();
    byte[] tiff = tiff(orientation);
    byte[] exif = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
    int length = 2 + exif.length + tiff.length;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, 2);
    out.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xE1, (byte) (length >> 8), (byte) length});
    out.writeBytes(exif);
    out.writeBytes(tiff);
    out.write(jpeg, 2, jpeg.length - 2);
    return out.toByteArray();
  }

  /** A TIFF directory with nothing but an orientation. */
  private static byte[] tiff(int orientation) {
    return new byte[] {
      'M',
      'M',
      0,
      42,
      0,
      0,
      0,
      8,
      0,
      1,
      0x01,
      0x12,
      0,
      3,
      0,
      0,
      0,
      1,
      0,
      (byte) orientation,
      0,
      0,
      0,
      0,
      0,
      0
    };
  }
}
