package io.facepipeline.ffmpeg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is what is read; coding changes the pixels a little. */
class VideoWriterTest {
  private static final int WIDTH = 64;
  private static final int HEIGHT = 48;

  @TempDir Path folder;

  private static Image gray(int level) {
    byte[] rgb = new byte[3 * WIDTH * HEIGHT];
    Arrays.fill(rgb, (byte) level);
    return Image.ofRgb(WIDTH, HEIGHT, rgb);
  }

  private static List<Integer> levels(Path video) {
    List<Integer> levels = new ArrayList<>();
    try (VideoReader reader = VideoReader.open(video)) {
      assertEquals(10, reader.framesPerSecond(), 0.01);
      for (Image frame = reader.next(); frame != null; frame = reader.next()) {
        assertEquals(WIDTH, frame.width());
        assertEquals(HEIGHT, frame.height());
        levels.add(frame.rgbAt(WIDTH / 2, HEIGHT / 2) & 0xFF);
      }
      assertNull(reader.next());
    }
    return levels;
  }

  private static void assertLevels(List<Integer> wanted, List<Integer> read) {
    assertEquals(wanted.size(), read.size(), read.toString());
    for (int i = 0; i < wanted.size(); i++) {
      assertEquals(wanted.get(i), read.get(i), 12, "frame " + i + " of " + read);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void framesComeBackInOrder() {
    Path video = folder.resolve("new").resolve("video.mp4");
    List<Integer> levels = List.of(40, 80, 120, 160, 200, 160, 120);
    try (VideoWriter writer = VideoWriter.to(video, 10)) {
      levels.forEach(level -> writer.write(gray(level)));
      assertFalse(Files.exists(video));
      writer.finish();
    }
    assertLevels(levels, levels(video));
  }

  @Test
  void whereFramesAreLeftOutTheOneBeforeStays() {
    Path video = folder.resolve("video.mp4");
    try (VideoWriter writer = VideoWriter.to(video, 10)) {
      writer.write(gray(60), 0);
      writer.write(gray(180), 3);
      assertThrows(IllegalArgumentException.class, () -> writer.write(gray(0), 3));
      writer.finish();
    }
    assertLevels(List.of(60, 60, 60, 180), levels(video));
  }

  /** Telephones take fewer frames a second in the dark. */
  @Test
  void framesKeepTheirTimes() {
    List<Double> times = List.of(0.0, 1 / 30.0, 2 / 30.0, 0.25, 0.3, 1.0, 1.001, 3.75);
    Path video = folder.resolve("video.mp4");
    try (VideoWriter writer = VideoWriter.to(video, 30)) {
      for (int i = 0; i < times.size(); i++) {
        writer.writeAt(gray(20 + 25 * i), times.get(i));
      }
      assertThrows(IllegalArgumentException.class, () -> writer.writeAt(gray(0), 3.75));
      assertThrows(IllegalArgumentException.class, () -> writer.writeAt(gray(0), Double.NaN));
      writer.finish();
    }
    try (VideoReader reader = VideoReader.open(video)) {
      assertEquals(-1, reader.seconds());
      for (int i = 0; i < times.size(); i++) {
        Image frame = Objects.requireNonNull(reader.next());
        assertEquals(times.get(i), reader.seconds(), 1.0 / 60_000);
        assertEquals(20 + 25 * i, frame.rgbAt(9, 9) & 0xFF, 12);
      }
      assertNull(reader.next());
    }
  }

  @Test
  void whatIsNotFinishedLeavesNothing() throws IOException {
    VideoWriter writer = VideoWriter.to(folder.resolve("video.mp4"), 0);
    writer.write(gray(100));
    writer.close();
    assertEquals(List.of(), files());
    assertThrows(IllegalStateException.class, () -> writer.write(gray(1)));
    writer.close();
  }

  @Test
  void aVideoWithoutFramesAndImpossibleRatesAreRefused() throws IOException {
    try (VideoWriter writer = VideoWriter.to(folder.resolve("video.mp4"), 10)) {
      assertThrows(FacePipelineException.class, writer::finish);
    }
    assertEquals(List.of(), files());
    Path target = folder.resolve("v.mp4");
    assertThrows(IllegalArgumentException.class, () -> VideoWriter.to(target, -1));
    assertThrows(IllegalArgumentException.class, () -> VideoWriter.to(target, Double.NaN));
  }

  @Test
  void whereNothingCanBeWrittenAnExceptionSaysSo() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    try (VideoWriter writer = VideoWriter.to(file.resolve("video.mp4"), 10)) {
      VideoException e = assertThrows(VideoException.class, () -> writer.write(gray(1)));
      assertNotNull(e.getMessage());
    }
  }
}
