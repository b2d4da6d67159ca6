package io.facepipeline.ffmpeg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Image;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VideoReaderTest {
  private static final int FRAMES = 14;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"h264.mp4", "mpeg4.mp4", "mpeg4.avi", "mjpeg.avi", "h264.mkv"})
  void ofAWholeVideoNothingIsMissing(String name) throws IOException {
    DamagedVideo video = DamagedVideo.make(folder.resolve(name), FRAMES);
    assertEquals(List.of(), Read.of(video.file()).problems());
    assertEquals(FRAMES, Read.of(video.file()).images());
  }

  /** A decoder fills in what it guesses, or gives nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"h264.mp4", "mpeg4.mp4", "mpeg4.avi", "mjpeg.avi", "h264.mkv"})
  void aFrameWhoseDataAreDamagedIsNamed(String name) throws IOException {
    DamagedVideo video = DamagedVideo.make(folder.resolve(name), FRAMES);
    video.scramble(5);
    Read read = Read.of(video.file());
    assertEquals(List.of(5L), read.numbers(), read.problems().toString());
    String problem = read.problems().get(0);
    assertTrue(problem.contains("frame 5, at 0.200 s, is damaged"), problem);
    assertEquals(FRAMES - 1, read.images());
  }

  /** The headers before the frames are gone, too: by the index these are missing. */
  @ParameterizedTest
  @ValueSource(strings = {"mpeg4.avi", "mjpeg.avi"})
  void framesThatAreGoneFromAnAviKeepTheirNumbers(String name) throws IOException {
    DamagedVideo video = DamagedVideo.make(folder.resolve(name), FRAMES);
    video.wipe(5, 7);
    Read read = Read.of(video.file());
    assertEquals(List.of(5L, 6L, 7L), read.numbers(), read.problems().toString());
    String last = read.problems().get(2);
    assertTrue(last.contains("frame 7, at 0.280 s, is missing"), last);
  }

  /** Every picture bears its number. */
  @Test
  void theFramesBehindDamageHaveTheirNumbers() throws IOException {
    DamagedVideo video = DamagedVideo.make(folder.resolve("mjpeg.avi"), FRAMES);
    video.wipe(3, 4);
    video.scramble(9);
    try (VideoReader frames = VideoReader.open(video.file())) {
      for (int i = 0; i < FRAMES; i++) {
        if (i == 3 || i == 4 || i == 9) {
          assertThrows(VideoException.class, frames::next);
        } else {
          assertEquals(i, DamagedVideo.number(frames.next()));
        }
      }
      assertNull(frames.next());
    }
  }

  @Test
  void aVideoWithBytesChangedAnywhereEndsInTypedErrors() throws IOException {
    DamagedVideo video = DamagedVideo.make(folder.resolve("mpeg4.mp4"), FRAMES);
    byte[] whole = Files.readAllBytes(video.file());
    Random random = new Random(4);
    for (int i = 0; i < 40; i++) {
      byte[] damaged = whole.clone();
      for (int k = 0; k < 20; k++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      Path file = Files.write(folder.resolve("any.mp4"), damaged);
      try {
        Read read = Read.of(file);
        assertTrue(read.images() + read.problems().size() <= 2 * FRAMES, read.toString());
      } catch (VideoException e) {
        assertTrue(e.getMessage().contains("any.mp4"), e.getMessage());
      }
    }
  }

  @Test
  void damagedFramesMayBePassedOverAndAreCounted() throws IOException {
    DamagedVideo video = DamagedVideo.make(folder.resolve("mjpeg.avi"), FRAMES);
    video.wipe(3, 4);
    video.scramble(9);
    List<Integer> numbers = new ArrayList<>();
    try (VideoReader frames = VideoReader.open(video.file())) {
      for (Image image = frames.nextReadable(); image != null; image = frames.nextReadable()) {
        numbers.add(DamagedVideo.number(image));
        assertEquals(numbers.get(numbers.size() - 1) / 25.0, frames.seconds(), 1e-6);
      }
      assertEquals(3, frames.damaged());
      assertNull(frames.nextReadable());
    }
    assertEquals(List.of(0, 1, 2, 5, 6, 7, 8, 10, 11, 12, 13), numbers);
  }

  @Test
  void onlyAVideoOfWhichNothingIsReadableIsAnError() throws IOException {
    DamagedVideo video = DamagedVideo.make(folder.resolve("mjpeg.avi"), FRAMES);
    for (int i = 0; i < FRAMES; i++) {
      video.scramble(i);
    }
    try (VideoReader frames = VideoReader.open(video.file())) {
      VideoException e = assertThrows(VideoException.class, frames::nextReadable);
      assertTrue(String.valueOf(e.getMessage()).contains("no frame of"), e.getMessage());
      assertTrue(String.valueOf(e.getMessage()).contains("frame 0, at 0.000 s"), e.getMessage());
      assertEquals(FRAMES, frames.damaged());
    }
  }

  /** Every way a picture may lie; where the matrix puts a corner, there its color is. */
  @ParameterizedTest
  @CsvSource({
    "1,0,0,1",
    "-1,0,0,1",
    "-1,0,0,-1",
    "1,0,0,-1",
    "0,1,1,0",
    "0,1,-1,0",
    "0,-1,-1,0",
    "0,-1,1,0"
  })
  void framesComeUpright(int a, int b, int c, int d) throws IOException {
    int width = 64;
    int height = 32;
    int[] colors = {0xE02020, 0x20E020, 0x2020E0, 0xE0E0E0};
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < width * height; i++) {
      int color = colors[(i % width >= width / 2 ? 1 : 0) + (i / width >= height / 2 ? 2 : 0)];
      for (int channel = 0; channel < 3; channel++) {
        rgb[3 * i + channel] = (byte) (color >> (16 - 8 * channel));
      }
    }
    Path video = folder.resolve("video.mp4");
    try (VideoWriter writer = VideoWriter.to(video, 10)) {
      writer.write(Image.ofRgb(width, height, rgb));
      writer.finish();
    }
    lay(video, a, b, c, d);
    try (VideoReader frames = VideoReader.open(video)) {
      Image image = Objects.requireNonNull(frames.next());
      assertEquals(a == 0 ? height : width, image.width());
      for (int corner = 0; corner < 4; corner++) {
        int x = corner % 2 == 0 ? -1 : 1;
        int y = corner < 2 ? -1 : 1;
        int shown =
            image.rgbAt(
                image.width() * (2 + a * x + c * y) / 4, image.height() * (2 + b * x + d * y) / 4);
        for (int shift = 0; shift <= 16; shift += 8) {
          assertEquals(
              colors[corner] >> shift & 0xFF, shown >> shift & 0xFF, 40, "corner " + corner);
        }
      }
    }
  }

  /** Writes the matrix into the header of the only track. */
  private static void lay(Path mp4, int a, int b, int c, int d) throws IOException {
    byte[] bytes = Files.readAllBytes(mp4);
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("tkhd") + 4 + 40;
    ByteBuffer matrix = ByteBuffer.wrap(bytes, at, 36);
    assertEquals(1 << 16, matrix.getInt(at));
    for (int number : new int[] {a, b, 0, c, d, 0}) {
      matrix.putInt(number << 16);
    }
    Files.write(mp4, bytes);
  }

  /** A camera has no end and no length; FFmpeg's own test picture stands in for one. */
  @Test
  void aDeviceGivesFramesAsLongAsOneAsks() {
    try (VideoReader frames =
        VideoReader.open("camera test", "testsrc=size=64x48:rate=10", "lavfi")) {
      for (int i = 0; i < 40; i++) {
        Image image = Objects.requireNonNull(frames.next());
        assertEquals(64, image.width());
        assertEquals(i / 10.0, frames.seconds(), 1e-6);
      }
      assertEquals(0, frames.estimatedFrames());
    }
  }

  @Test
  void aCameraThatIsNotThereIsNamed() {
    String device = folder.resolve("video9").toString();
    VideoException e = assertThrows(VideoException.class, () -> VideoReader.camera(device));
    assertTrue(String.valueOf(e.getMessage()).contains("camera " + device), e.getMessage());
  }

  /** FFmpeg's own words go to the logger, not on standard error. */
  @Test
  void ffmpegPrintsNothing() throws IOException, InterruptedException {
    DamagedVideo video = DamagedVideo.make(folder.resolve("h264.mp4"), FRAMES);
    video.scramble(5);
    Path errors = folder.resolve("errors");
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Reading.class.getName(),
                video.file().toString())
            .redirectError(errors.toFile())
            .start();
    String out = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, child.waitFor(), out + Files.readString(errors));
    assertEquals("", Files.readString(errors));
    assertTrue(out.contains("[5]"), out);
  }

  /** Reads a video in a process of its own. */
  static final class Reading {
    private Reading() {}

    public static void main(String[] arguments) {
      System.out.println(Read.of(Path.of(arguments[0])).numbers());
    }
  }

  /** What came of the frames of a video. */
  private record Read(int images, List<Long> numbers, List<String> problems) {
    static Read of(Path file) {
      int images = 0;
      List<Long> numbers = new ArrayList<>();
      List<String> problems = new ArrayList<>();
      try (VideoReader frames = VideoReader.open(file)) {
        for (long i = 0; ; i++) {
          try {
            Image image = frames.next();
            if (image == null) {
              return new Read(images, numbers, problems);
            }
            images++;
          } catch (VideoException e) {
            numbers.add(i);
            problems.add(e.getMessage());
          }
        }
      }
    }
  }
}
