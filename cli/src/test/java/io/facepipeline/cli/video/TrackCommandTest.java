package io.facepipeline.cli.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import io.facepipeline.Image;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.cli.stages.ModelStages;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrackCommandTest {
  private static final int WRONG_USAGE = 2;
  private static final int FRAMES = 6;

  @TempDir Path folder;

  /** A camera that pans over a group photo. */
  private Path frames() throws IOException {
    Image group = Image.read(SharedData.album("groups/group_1.jpg"));
    Path frames = Files.createDirectories(folder.resolve("frames"));
    int width = group.width() - 10 * FRAMES;
    for (int i = 0; i < FRAMES; i++) {
      group.crop(10 * i, 0, width, group.height()).writePng(frames.resolve("frame-" + i + ".png"));
    }
    return frames;
  }

  @Test
  void everyFaceKeepsItsIdAndGetsItsName() throws IOException {
    Path json = folder.resolve("tracks.json");
    Path out = folder.resolve("annotated");
    CommandRun run =
        CommandRun.with(
            new ModelStages(),
            "track",
            "--min-face",
            "60",
            "--people",
            SharedData.album("people"),
            "--json",
            json,
            "--out",
            out,
            frames());
    assertEquals(0, run.exitCode(), run.err());
    String tracks = Files.readString(json);
    for (String person : new String[] {"ada", "bao", "chidi"}) {
      assertTrue(tracks.contains("\"" + person + "\""), tracks);
    }
    JsonArray all = JsonParser.parseString(tracks).getAsJsonArray();
    assertEquals(4, all.size(), tracks);
    try (var pictures = Files.list(out)) {
      assertEquals(FRAMES, pictures.count());
    }
  }

  @Test
  void aVideoMayBeWrittenAndReadAgain() throws IOException {
    Path video = folder.resolve("out.mp4");
    CommandRun run =
        CommandRun.with(
            new ModelStages(), "track", "--by-place", "--min-face", "60", "--out", video, frames());
    assertEquals(0, run.exitCode(), run.err());
    CommandRun again =
        CommandRun.with(new ModelStages(), "track", "--by-place", "--min-face", "60", video);
    assertEquals(0, again.exitCode(), again.err());
    assertTrue(again.out().contains(FRAMES + " frames"), again.out());
  }

  /** The header of the first half of a file still promises all of its frames. */
  @Test
  void aCutVideoIsNoWholeOne() throws IOException {
    Path video = folder.resolve("cut.avi");
    try (var cut = TrackCommandTest.class.getResourceAsStream("cut_in_half.avi")) {
      Files.copy(cut, video);
    }
    CommandRun run =
        CommandRun.with(new ModelStages(), "track", "--by-place", "--min-face", "60", video);
    assertEquals(1, run.exitCode(), run.err());
    assertTrue(run.err().contains("of the 40 frames"), run.err());
    assertTrue(run.out().contains("20 frames"), run.out());
  }

  @Test
  void whatIsNoVideoIsNamed() throws IOException {
    Path text = Files.writeString(folder.resolve("no.mp4"), "no video");
    CommandRun run = CommandRun.with(new ModelStages(), "track", text);
    assertEquals(WRONG_USAGE, run.exitCode());
    assertTrue(run.err().contains("no.mp4"), run.err());
  }
}
