package io.facepipeline.ffmpeg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Image;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
