package io.facepipeline.opencv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ReadOptions;
import io.facepipeline.opencv.internal.OpenCvImageCodec;
import io.facepipeline.spi.ImageCodec;
import io.facepipeline.testkit.PictureBombs;
import io.facepipeline.testkit.SharedData;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Small files that ask for much time or memory, and native decoders that talk. */
final class PictureBombsTest {
  private static final long MOST_ALLOCATED = 450L << 20;
  private static final int LIMIT = 200_000;

  @TempDir Path folder;

  /** Without the limits several of these take minutes, or gigabytes. */
  @Test
  @Timeout(value = 240, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void bombsCostLittleWithEitherCodec() {
    List<String> wrong = new ArrayList<>();
    int refused = 0;
    for (Map.Entry<String, byte[]> bomb : PictureBombs.all(LIMIT).entrySet()) {
      byte[] bytes = bomb.getValue();
      for (ImageCodec codec : List.of(new OpenCvImageCodec(), ImageCodec.builtIn())) {
        if (!codec.canDecode(Arrays.copyOf(bytes, Math.min(64, bytes.length)))) {
          continue;
        }
        long before = allocated();
        try {
          codec.decode(bytes, ReadOptions.defaults(), bomb.getKey());
        } catch (ImageException e) {
          refused++;
        } catch (RuntimeException | Error e) {
          wrong.add(bomb.getKey() + ": " + e);
        }
        if (allocated() - before > MOST_ALLOCATED) {
          wrong.add(bomb.getKey() + " took " + (allocated() - before) + " bytes");
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(refused > 60, refused + " refused");
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  /** A megapixel in 242 KB, of 16,000 scans in which nothing is. */
  @Test
  void thousandsOfEmptyScansAreRefused() throws IOException {
    byte[] jpeg;
    try (InputStream in =
        new GZIPInputStream(PictureBombsTest.class.getResourceAsStream("scans_1mp.jpg.gz"))) {
      jpeg = in.readAllBytes();
    }
    for (ImageCodec codec : List.of(new OpenCvImageCodec(), ImageCodec.builtIn())) {
      ImageException e =
          org.junit.jupiter.api.Assertions.assertThrows(
              ImageException.class, () -> codec.decode(jpeg, ReadOptions.defaults(), "scans"));
      assertEquals(ImageException.Reason.TOO_LARGE, e.reason());
      assertTrue(e.getMessage().contains("scans"), e.getMessage());
    }
  }

  /** What a decoder finds wrong comes as an exception, and floods nobody's log. */
  @Test
  void damagedPicturesPrintNothing() throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Path errors = folder.resolve("errors");
    Process child =
        new ProcessBuilder(
                java,
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                Damaged.class.getName(),
                SharedData.album("people/ada/ada_1.jpg").toString(),
                oddFolder())
            .redirectError(errors.toFile())
            .start();
    String out = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, child.waitFor(), out + Files.readString(errors));
    assertEquals("", Files.readString(errors));
    assertTrue(out.contains("decoded"), out);
  }

  private static String oddFolder() {
    return SharedData.isPresent() ? SharedData.path("data/odd").toString() : "";
  }

  /** Decodes damaged pictures in a process of its own, whose standard error can be looked at. */
  static final class Damaged {
    private static int decoded;

    private Damaged() {}

    public static void main(String[] arguments) throws IOException {
      List<byte[]> seeds = new ArrayList<>();
      byte[] portrait = Files.readAllBytes(Path.of(arguments[0]));
      seeds.add(portrait);
      Image small = Image.read(portrait).crop(20, 20, 120, 90);
      seeds.add(small.toPng());
      seeds.add(WebpSeeds.lossless(small));
      seeds.add(WebpSeeds.lossy(small));
      seeds.add(WebpSeeds.animated(130, 100, 4, 2, List.of(small, small)));
      seeds.add(JpegSeeds.progressive(small));
      Random random = new Random(11);
      for (int i = 0; i < 1200; i++) {
        byte[] damaged = seeds.get(i % seeds.size()).clone();
        if (i % 3 == 0) {
          damaged = Arrays.copyOf(damaged, 1 + random.nextInt(damaged.length));
        }
        for (int k = random.nextInt(4); k >= 0; k--) {
          int reach = k % 2 == 0 ? damaged.length : Math.min(700, damaged.length);
          damaged[random.nextInt(reach)] = (byte) random.nextInt();
        }
        read(damaged);
      }
      if (arguments.length > 1 && !arguments[1].isEmpty()) {
        try (var files = Files.list(Path.of(arguments[1]))) {
          for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
            read(Files.readAllBytes(file));
          }
        }
      }
      System.out.println(decoded + " decoded");
      if (decoded < 100) {
        throw new IllegalStateException("only " + decoded + " decoded");
      }
    }

    private static void read(byte[] bytes) {
      try {
        Image.read(new ByteArrayInputStream(bytes));
        decoded++;
      } catch (ImageException e) {
        // That is how it should say so.
        if (e.getMessage().isEmpty()) {
          throw new IllegalStateException("says nothing", e);
        }
      }
    }
  }
}
