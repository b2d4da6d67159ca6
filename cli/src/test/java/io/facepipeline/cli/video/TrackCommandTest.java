package io.facepipeline.cli.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import io.facepipeline.Image;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.cli.stages.ModelStages;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
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

  private Path cutVideo() throws IOException {
    return Files.copy(SharedData.path("data/faults/cut_in_half.avi"), folder.resolve("cut.avi"));
  }

  /** The header of the first half of a file promises all frames; the last one is cut through. */
  @Test
  void aCutVideoIsNoWholeOne() throws IOException {
    CommandRun run =
        CommandRun.with(new ModelStages(), "track", "--by-place", "--min-face", "60", cutVideo());
    assertEquals(1, run.exitCode(), run.err());
    assertTrue(run.err().contains("frame 19, at 0.950 s, is damaged"), run.err());
    assertTrue(run.err().contains("ends after 20 of the 40 frames"), run.err());
    assertTrue(run.out().contains("19 frames"), run.out());
  }

  /** Writes over the middle of a frame of a Motion JPEG. */
  private static void scramble(Path avi, int frame) throws IOException {
    byte[] bytes = Files.readAllBytes(avi);
    byte[] chunk = "00dc".getBytes(StandardCharsets.US_ASCII);
    // The header names the chunks of frames before their list begins.
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("movi");
    for (int i = 0; i <= frame; i++) {
      do {
        at++;
      } while (!Arrays.equals(bytes, at, at + 4, chunk, 0, 4));
    }
    int size = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(at + 4);
    Random random = new Random(3);
    for (int i = size / 4; i < 3 * size / 4; i++) {
      bytes[at + 8 + i] = (byte) random.nextInt();
    }
    Files.write(avi, bytes);
  }

  /** Frames damaged in the middle are named everywhere, and the others keep their numbers. */
  @Test
  void damagedFramesAreNamed() throws IOException {
    Path video = cutVideo();
    scramble(video, 5);
    Path json = folder.resolve("tracks.json");
    Path csv = folder.resolve("tracks.csv");
    CommandRun run =
        CommandRun.with(
            new ModelStages(),
            "track",
            "--by-place",
            "--min-face",
            "60",
            "--json",
            json,
            "--csv",
            csv,
            "--out",
            folder.resolve("annotated"),
            video);
    assertEquals(1, run.exitCode(), run.err());
    List<Long> frames = new ArrayList<>();
    for (var entry : JsonParser.parseString(Files.readString(json)).getAsJsonArray()) {
      if (entry.getAsJsonObject().has("frame")) {
        long frame = entry.getAsJsonObject().get("frame").getAsLong();
        frames.add(frame);
        String error = entry.getAsJsonObject().get("error").getAsString();
        assertTrue(run.err().contains(error), run.err());
        assertTrue(Files.readString(csv).contains(",,," + frame + ","), Files.readString(csv));
      }
    }
    assertEquals(List.of(5L, 19L, 20L), frames);
    assertTrue(run.err().contains("frame 5, at 0.250 s, is damaged"), run.err());
    assertTrue(run.out().contains("18 frames"), run.out());
    assertTrue(Files.exists(folder.resolve("annotated/frame-000018.jpg")));
    assertFalse(Files.exists(folder.resolve("annotated/frame-000005.jpg")));
  }

  /** A picture of a folder that cannot be read counts as well. */
  @Test
  void framesBehindABrokenPictureKeepTheirNumbers() throws IOException {
    Path frames = frames();
    Files.write(frames.resolve("frame-2.png"), new byte[] {1, 2, 3});
    Path json = folder.resolve("tracks.json");
    CommandRun run =
        CommandRun.with(
            new ModelStages(), "track", "--by-place", "--min-face", "60", "--json", json, frames);
    assertEquals(1, run.exitCode(), run.err());
    JsonArray all = JsonParser.parseString(Files.readString(json)).getAsJsonArray();
    assertEquals(FRAMES - 1, all.get(0).getAsJsonObject().get("lastFrame").getAsInt());
    assertEquals(2, all.get(all.size() - 1).getAsJsonObject().get("frame").getAsInt());
  }

  @Test
  void whatIsNoVideoIsNamed() throws IOException {
    Path text = Files.writeString(folder.resolve("no.mp4"), "no video");
    CommandRun run = CommandRun.with(new ModelStages(), "track", text);
    assertEquals(WRONG_USAGE, run.exitCode());
    assertTrue(run.err().contains("no.mp4"), run.err());
  }
}
