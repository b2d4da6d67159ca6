package io.facepipeline.cli.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Image;
import io.facepipeline.cli.CommandRun;
import io.facepipeline.cli.stages.ModelStages;
import io.facepipeline.ffmpeg.VideoReader;
import io.facepipeline.ffmpeg.VideoWriter;
import io.facepipeline.testkit.SharedData;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ShortBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.bytedeco.javacv.FFmpegFrameRecorder;
import org.bytedeco.javacv.Frame;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands write of a video has its sound and the times of its frames. */
class VideoCopyTest {
  private static final int SAMPLE_RATE = 8000;
  private static final List<Double> TIMES = List.of(0.0, 0.1, 0.2, 0.5, 0.75, 0.8);
  private static final double TICK = 1.0 / 60_000;

  @TempDir Path folder;
  private Path video;

  /** A person who is filmed at a rate that varies, with a second of noise. */
  @BeforeEach
  void film() throws IOException {
    byte[] noise = new byte[2 * SAMPLE_RATE];
    new Random(1).nextBytes(noise);
    AudioFormat format = new AudioFormat(SAMPLE_RATE, 16, 1, true, false);
    Path wave = folder.resolve("noise.wav");
    AudioSystem.write(
        new AudioInputStream(new ByteArrayInputStream(noise), format, SAMPLE_RATE),
        AudioFileFormat.Type.WAVE,
        wave.toFile());
    video = folder.resolve("video.mp4");
    Image ada = Image.read(SharedData.album("people/ada/ada_1.jpg")).resized(160, 160);
    try (VideoWriter writer = VideoWriter.to(video, 10, wave)) {
      for (double time : TIMES) {
        writer.writeAt(ada, time);
      }
      writer.finish();
    }
    assertEquals(SAMPLE_RATE, sound(video).length);
  }

  private static short[] sound(Path file) throws IOException {
    short[] all = new short[0];
    try (FFmpegFrameGrabber grabber = new FFmpegFrameGrabber(file.toFile())) {
      grabber.start();
      for (Frame frame = grabber.grabSamples(); frame != null; frame = grabber.grabSamples()) {
        ShortBuffer samples = (ShortBuffer) frame.samples[0];
        int before = all.length;
        all = Arrays.copyOf(all, before + samples.remaining());
        samples.get(all, before, all.length - before);
      }
    }
    return all;
  }

  private static void assertTimes(Path file) {
    List<Double> times = new ArrayList<>();
    try (VideoReader reader = VideoReader.open(file)) {
      while (reader.next() != null) {
        times.add(reader.seconds());
      }
    }
    assertEquals(TIMES.size(), times.size(), times.toString());
    for (int i = 0; i < times.size(); i++) {
      assertEquals(TIMES.get(i), times.get(i), TICK, times.toString());
    }
  }

  private CommandRun hide(Object... more) {
    List<Object> line = new ArrayList<>(List.of("hide", "--out", folder.resolve("hidden")));
    line.addAll(List.of(more));
    line.add(video);
    return CommandRun.with(new ModelStages(), line.toArray());
  }

  @Test
  void hidingKeepsSoundAndTimes() throws IOException {
    CommandRun run = hide();
    assertEquals(0, run.exitCode(), run.err());
    Path copy = folder.resolve("hidden/video.mp4");
    assertTrue(Arrays.equals(sound(video), sound(copy)));
    assertTimes(copy);
    try (var files = Files.list(folder.resolve("hidden"))) {
      assertEquals(List.of(copy), files.toList());
    }
  }

  @Test
  void soundMayBeLeftOut() throws IOException {
    CommandRun run = hide("--no-sound");
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(0, sound(folder.resolve("hidden/video.mp4")).length);
  }

  @Test
  void trackingKeepsSoundAndTimes() throws IOException {
    Path annotated = folder.resolve("annotated.mp4");
    CommandRun run =
        CommandRun.with(new ModelStages(), "track", "--by-place", "--out", annotated, video);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(Arrays.equals(sound(video), sound(annotated)));
    assertTimes(annotated);
  }

  @Test
  void damagedFramesAreLeftOutAndCounted() throws IOException {
    Path half = SharedData.path("data/faults/cut_in_half.avi");
    Files.copy(half, video, StandardCopyOption.REPLACE_EXISTING);
    CommandRun run = hide();
    assertEquals(1, run.exitCode(), run.err());
    assertTrue(run.err().contains("frame 19, at 0.950 s, is damaged"), run.err());
    assertTrue(run.out().contains("hidden"), run.out());
    try (VideoReader reader = VideoReader.open(folder.resolve("hidden/video.mp4"))) {
      int frames = 0;
      while (reader.next() != null) {
        frames++;
      }
      assertEquals(19, frames);
    }
  }

  @Test
  void soundThatDoesNotFitIsLeftOutWithAWarning() throws IOException {
    Path source = folder.resolve("source.avi");
    try (FFmpegFrameRecorder recorder = new FFmpegFrameRecorder(source.toFile(), 160, 160, 1);
        Frame frame = new Frame(160, 160, Frame.DEPTH_UBYTE, 3)) {
      recorder.setFormat("avi");
      recorder.setFrameRate(10);
      recorder.setVideoCodec(avcodec.AV_CODEC_ID_MPEG4);
      recorder.setAudioCodec(avcodec.AV_CODEC_ID_PCM_MULAW);
      recorder.setSampleRate(SAMPLE_RATE);
      recorder.start();
      recorder.record(frame);
      recorder.recordSamples(SAMPLE_RATE, 1, ShortBuffer.wrap(new short[800]));
      recorder.record(frame);
    }
    Files.move(source, video, StandardCopyOption.REPLACE_EXISTING);
    CommandRun run = hide();
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.err().contains("without sound: the sound of " + video), run.err());
    assertTrue(run.err().contains("pcm_mulaw"), run.err());
    assertFalse(run.err().indexOf("pcm_mulaw") != run.err().lastIndexOf("pcm_mulaw"), run.err());
  }
}
