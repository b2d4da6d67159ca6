package io.facepipeline.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ImageException.Reason;
import io.facepipeline.Pictures;
import io.facepipeline.ReadOptions;
import java.awt.image.BufferedImage;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Broken and malicious files end in an image or an {@link ImageException}, and cost little. */
final class HostileImageTest {
  /** Far more than any of the small pictures here takes, and far less than one big one. */
  private static final long ALLOCATION_LIMIT = 64L << 20;

  private static Map<String, byte[]> files() {
    Image image = Pictures.gradient(31, 17);
    BufferedImage indexed = new BufferedImage(31, 17, BufferedImage.TYPE_BYTE_INDEXED);
    indexed.createGraphics().drawImage(image.toBufferedImage(), 0, 0, null);
    Map<String, byte[]> files = new LinkedHashMap<>();
    byte[] exif = Pictures.exif(6, ByteOrder.BIG_ENDIAN);
    files.put("png", Pictures.withChunk(image.toPng(), "eXIf", exif));
    files.put("indexed png", Pictures.encode(indexed, "png"));
    files.put("jpeg", Pictures.withExif(Pictures.jpeg(image), exif));
    files.put("gif", Pictures.encode(indexed, "gif"));
    files.put("bmp", Pictures.encode(image.toBufferedImage(), "bmp"));
    files.put("indexed bmp", Pictures.encode(indexed, "bmp"));
    files.put("tiff", Pictures.encode(image.toBufferedImage(), "tiff"));
    return files;
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  /** Reads it, lets only image exceptions pass, and returns whether it gave an image. */
  private static boolean reads(byte[] bytes, String what) {
    // Small enough that a picture whose size was changed but lies within the limit stays cheap.
    ReadOptions options = ReadOptions.defaults().withMaxPixels(1_000_000);
    long before = allocated();
    boolean read;
    try {
      read = Image.read(bytes, options).width() > 0;
    } catch (ImageException e) {
      read = false;
    } catch (RuntimeException | Error e) {
      throw new AssertionError(what + " must not end in " + e, e);
    }
    long used = allocated() - before;
    assertTrue(used < ALLOCATION_LIMIT, what + " took " + used + " bytes");
    return read;
  }

  @Test
  void refusesClaimsOfHugePictures() {
    byte[] png = Pictures.withPngSize(files().get("png"), 60_000, 60_000);
    byte[] gif = files().get("gif");
    ByteBuffer.wrap(gif)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(6, (short) 60_000)
        .putShort(8, (short) 60_000);
    byte[] frame = files().get("gif");
    int at = 13 + (3 << ((frame[10] & 7) + 1));
    while (frame[at] == '!') {
      at += 2;
      while (frame[at] != 0) {
        at += 1 + frame[at];
      }
      at++;
    }
    ByteBuffer.wrap(frame)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(at + 5, (short) 60_000)
        .putShort(at + 7, (short) 60_000);
    byte[] bmp = files().get("bmp");
    ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN).putInt(18, 60_000).putInt(22, -60_000);
    byte[] jpeg = files().get("jpeg");
    int sof = indexOf(jpeg, 0xFF, 0xC0);
    ByteBuffer.wrap(jpeg).putShort(sof + 5, (short) 60_000).putShort(sof + 7, (short) 60_000);
    byte[] tiff = withTiffValue(withTiffValue(files().get("tiff"), 256, 60_000), 257, 60_000);
    for (byte[] bomb : List.of(png, gif, frame, bmp, jpeg, tiff)) {
      long before = allocated();
      ImageException e = assertThrows(ImageException.class, () -> Image.read(bomb));
      assertEquals(Reason.TOO_LARGE, e.reason(), e.getMessage());
      assertTrue(e.getMessage().contains("60000x60000"), e.getMessage());
      assertTrue(allocated() - before < ALLOCATION_LIMIT);
    }
  }

  @Test
  void refusesHugePartsOfSmallPictures() {
    byte[] tiff = files().get("tiff");
    for (int tag : new int[] {277, 258, 279, 273, 278}) {
      reads(withTiffValue(tiff, tag, 0x7FFFFFFF), "tiff with a huge tag " + tag);
    }
    byte[] palette = files().get("indexed png");
    int plte = indexOf(palette, 'P', 'L');
    ByteBuffer.wrap(palette).putInt(plte - 4, 0x7FFFFFF0);
    reads(palette, "png with a huge palette");
    byte[] bmp = files().get("indexed bmp");
    ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN).putInt(46, 0x7FFFFFF0);
    reads(bmp, "bmp with a huge palette");
    ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN).putInt(30, 5);
    assertThrows(ImageException.class, () -> Image.read(bmp));
  }

  private static int indexOf(byte[] bytes, int first, int second) {
    for (int i = 0; i + 1 < bytes.length; i++) {
      if ((bytes[i] & 0xFF) == first && (bytes[i + 1] & 0xFF) == second) {
        return i;
      }
    }
    throw new AssertionError("not found");
  }

  private static byte[] withTiffValue(byte[] tiff, int tag, int value) {
    byte[] changed = tiff.clone();
    ByteBuffer buffer =
        ByteBuffer.wrap(changed)
            .order(tiff[0] == 'M' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    int directory = buffer.getInt(4);
    for (int i = 0; i < buffer.getShort(directory); i++) {
      int entry = directory + 2 + 12 * i;
      if (buffer.getShort(entry) == tag) {
        buffer.putShort(entry + 2, (short) 4).putInt(entry + 4, 1).putInt(entry + 8, value);
      }
    }
    return changed;
  }

  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void survivesTruncation() {
    files()
        .forEach(
            (format, bytes) -> {
              for (int length = 0; length < bytes.length; length += 1 + length / 100) {
                byte[] cut = Arrays.copyOf(bytes, length);
                boolean read = reads(cut, format + " cut to " + length);
                if (length < bytes.length * 3 / 4) {
                  assertTrue(!read, format + " cut to " + length + " was half read");
                }
              }
            });
  }

  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void survivesCorruption() {
    Random random = new Random(20_240_607);
    List<String> survivors = new ArrayList<>();
    files()
        .forEach(
            (format, bytes) -> {
              int read = 0;
              for (int i = 0; i < 1500; i++) {
                byte[] changed = bytes.clone();
                int changes = 1 + random.nextInt(4);
                // Half of the changes go to the first bytes, where the structure is.
                int reach = i % 2 == 0 ? bytes.length : Math.min(bytes.length, 120);
                for (int change = 0; change < changes; change++) {
                  changed[random.nextInt(reach)] = (byte) random.nextInt();
                }
                if (reads(changed, format + " mutation " + i)) {
                  read++;
                }
              }
              survivors.add(format + " " + read);
            });
    // Were all refused, the test would say nothing about decoding.
    assertTrue(survivors.stream().noneMatch(s -> s.endsWith(" 0")), survivors.toString());
  }
}
