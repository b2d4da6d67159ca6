package io.facepipeline.ffmpeg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Image;
import io.facepipeline.ffmpeg.SoundedVideo.Packet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sound of a written video is that of its source, packet by packet. */
class VideoSoundTest {
  private static final int FRAMES = 30;
  private static final int SAMPLE_RATE = 44_100;
  private static final double SAME_TIME = 2e-3;

  @TempDir Path folder;

  /** Copies the first frames, each at its time after the first, and the sound. */
  private Path copy(Path source, int frames, double delay) {
    Path target = folder.resolve("copy-" + frames + ".mp4");
    try (VideoReader in = VideoReader.open(source);
        VideoWriter out = VideoWriter.to(target, in.framesPerSecond(), source)) {
      Image frame = in.next();
      for (int i = 0; i < frames && frame != null; i++, frame = in.next()) {
        out.writeAt(frame, in.seconds() + delay);
      }
      out.finish();
    }
    return target;
  }

  private static List<Packet> sound(Path file) throws IOException {
    return SoundedVideo.packets(file, avutil.AVMEDIA_TYPE_AUDIO);
  }

  private static double pictureStart(Path file) throws IOException {
    return SoundedVideo.packets(file, avutil.AVMEDIA_TYPE_VIDEO).get(0).seconds();
  }

  /** The same packets, as far from the first picture. */
  private static void assertCopied(Path source, Path copy) throws IOException {
    List<Packet> wanted = sound(source);
    List<Packet> found = sound(copy);
    assertFalse(wanted.isEmpty());
    assertEquals(
        wanted.stream().map(Packet::bytes).toList(), found.stream().map(Packet::bytes).toList());
    double shift = pictureStart(source) - pictureStart(copy);
    for (int i = 0; i < wanted.size(); i++) {
      assertEquals(wanted.get(i).seconds() - shift, found.get(i).seconds(), SAME_TIME, "" + i);
    }
  }

  @ParameterizedTest
  @CsvSource({"mp4,aac", "matroska,aac", "mpegts,aac", "mpegts,mp2", "avi,mp3", "mov,pcm_s16le"})
  void packetsAreCopiedAsTheyAre(String format, String codec) throws IOException {
    int sound = avcodec.avcodec_descriptor_get_by_name(codec).id();
    Path source = SoundedVideo.make(folder.resolve("source"), format, sound, SAMPLE_RATE, FRAMES);
    Path copy = copy(source, FRAMES, 0);
    if (format.equals("mpegts") && codec.equals("aac")) {
      // There each packet begins with a header of seven bytes, which MP4 does not know.
      assertEquals(sound(source).size(), sound(copy).size());
    } else {
      assertCopied(source, copy);
    }
  }

  /** Where the pictures begin later than the sound, the frames still count from the first. */
  @Test
  void soundAndPicturesStayTogether() throws IOException {
    Path source =
        SoundedVideo.make(
            folder.resolve("source"), "matroska", avcodec.AV_CODEC_ID_AC3, SAMPLE_RATE, FRAMES);
    Path late = copy(source, FRAMES, 0.5);
    assertEquals(0.5, pictureStart(late), SAME_TIME);
    Path again = Files.move(late, folder.resolve("late.mp4"));
    Path copy = copy(again, FRAMES, 0);
    assertEquals(0.5, pictureStart(again) - pictureStart(copy), SAME_TIME);
    assertCopied(again, copy);
  }

  @Test
  void whereFramesAreLeftOutAtTheEndTheSoundEndsToo() throws IOException {
    Path source =
        SoundedVideo.make(
            folder.resolve("source"), "mp4", avcodec.AV_CODEC_ID_AAC, SAMPLE_RATE, FRAMES);
    List<Packet> part = sound(copy(source, FRAMES / 2, 0));
    double end = (double) FRAMES / 2 / SoundedVideo.RATE;
    assertEquals(end, part.get(part.size() - 1).seconds(), 0.2);
    assertTrue(part.size() < sound(source).size());
  }

  @Test
  void soundAloneIsCopiedToItsEnd() throws IOException {
    Path wave = folder.resolve("noise.wav");
    byte[] samples = new byte[2 * 8000];
    AudioFormat format = new AudioFormat(8000, 16, 1, true, false);
    AudioSystem.write(
        new AudioInputStream(new ByteArrayInputStream(samples), format, 8000),
        AudioFileFormat.Type.WAVE,
        wave.toFile());
    Path target = folder.resolve("video.mp4");
    try (VideoWriter out = VideoWriter.to(target, 10, wave)) {
      out.write(Image.ofGrey(64, 48, new byte[64 * 48]));
      out.finish();
    }
    try (FFmpegFrameGrabber grabber = new FFmpegFrameGrabber(target.toFile())) {
      grabber.start();
      assertEquals(1.0, grabber.getLengthInTime() / 1e6, SAME_TIME);
    }
  }

  @Test
  void aVideoWithoutSoundGivesNone() throws IOException {
    Path source = SoundedVideo.make(folder.resolve("source"), "mp4", 0, SAMPLE_RATE, FRAMES);
    assertEquals(List.of(), sound(copy(source, FRAMES, 0)));
  }

  @ParameterizedTest
  @CsvSource({"pcm_mulaw,44100", "mp3,8000"})
  void soundThatDoesNotFitIsRefusedBeforeAnythingIsWritten(String codec, int rate)
      throws IOException {
    int sound = avcodec.avcodec_descriptor_get_by_name(codec).id();
    Path source = SoundedVideo.make(folder.resolve("source"), "avi", sound, rate, FRAMES);
    Path target = folder.resolve("new").resolve("target.mp4");
    VideoException e = assertThrows(VideoException.class, () -> VideoWriter.to(target, 0, source));
    assertTrue(String.valueOf(e.getMessage()).contains(codec), e.getMessage());
    assertFalse(Files.exists(folder.resolve("new")));
  }

  @Test
  void whatHasNoSoundToTakeIsNamed() throws IOException {
    Path target = folder.resolve("target.mp4");
    Path text = Files.writeString(folder.resolve("text"), "no sound");
    assertThrows(VideoException.class, () -> VideoWriter.to(target, 0, text));
    Path gone = folder.resolve("gone");
    assertThrows(IllegalArgumentException.class, () -> VideoWriter.to(target, 0, gone));
    assertFalse(Files.exists(target));
  }
}
