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
