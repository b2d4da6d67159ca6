package io.facepipeline.detection.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FacePipelineException;
import io.facepipeline.FrameSource;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.Landmarks;
import io.facepipeline.ProgressListener;
import io.facepipeline.detection.video.TrackingSession.FaceTrack;
import io.facepipeline.drawing.FaceMasking;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A face that moves to the right by two pixels a frame, which a detector sees now and then. */
class VideoMaskingTest {
  private static final int FRAMES = 40;
  private static final int REACH = 5;
  private static final int RED = 0xFF0000;

  /** Where the face is in a frame. */
  private static Face face(int frame) {
    float x = 20 + 2 * frame;
    return new Face(
        new Box(x, 20, x + 30, 55),
        Landmarks.of(x + 9, 32, x + 21, 32, x + 15, 40, x + 10, 48, x + 20, 48),
        1);
  }

  /** A frame tells its number by its first pixel. */
  private static Image frame(int number, int width) {
    byte[] gray = new byte[width * 80];
    gray[0] = (byte) number;
    return Image.ofGrey(width, 80, gray);
  }

  private static List<ImageSource> frames() {
    return IntStream.range(0, FRAMES).mapToObj(i -> (ImageSource) frame(i, 160)).toList();
  }

  private record Detector(Set<Integer> seen) implements FaceDetector {
    @Override
    public List<Face> detect(Image image) {
      int frame = image.rgbAt(0, 0) & 0xFF;
      return seen.contains(frame) ? List.of(face(frame)) : List.of();
    }

    @Override
    public void close() {}
  }

  private static VideoMasking masking(Set<Integer> seen) {
    FaceTracker tracker = FaceTracker.builder().detector(new Detector(seen)).build();
    return VideoMasking.of(tracker, FaceMasking.fill(Color.RED)).withReach(REACH);
  }

  /** The frames in which the face's middle is hidden. */
  private static Set<Integer> hidden(VideoMasking masking, List<ImageSource> frames) {
    TreeSet<Integer> hidden = new TreeSet<>();
    List<Long> given = new ArrayList<>();
    masking.mask(
        () -> FrameSource.of(frames),
        ProgressListener.NONE,
        (image, index) -> {
          given.add(index);
          int x = Math.round(face((int) index).box().center().x());
          if (image.rgbAt(x, 37) == RED) {
            hidden.add((int) index);
          }
        },
        (e, index) -> {
          throw e;
        });
    assertEquals(IntStream.range(0, frames.size()).mapToObj(i -> (long) i).toList(), given);
    return hidden;
  }

  private static Set<Integer> range(int first, int last) {
    TreeSet<Integer> all = new TreeSet<>();
    IntStream.rangeClosed(first, last).forEach(all::add);
    return all;
  }

  @Test
  void noFrameBetweenTwoSightingsShowsTheFaceNorOneShortlyBeforeOrAfter() {
    Set<Integer> seen = range(10, 14);
    seen.addAll(range(20, 22));
    assertEquals(range(10 - REACH, 22 + REACH), hidden(masking(seen), frames()));
  }

  @Test
  void aFaceThatWasAwayForLongIsNotHiddenWhereItIsNot() {
    Set<Integer> seen = range(5, 8);
    seen.addAll(range(30, 33));
    Set<Integer> expected = range(0, 8 + REACH);
    expected.addAll(range(30 - REACH, 33 + REACH));
    assertEquals(expected, hidden(masking(seen), frames()));
  }

  /** A change of size is a cut. */
  @Test
  void noMaskPassesACut() {
    List<ImageSource> frames = new ArrayList<>(frames());
    for (int i = 20; i < FRAMES; i++) {
      frames.set(i, frame(i, 170));
    }
    assertEquals(range(20, 25 + REACH), hidden(masking(range(20, 25)), frames));
    assertEquals(range(13 - REACH, 19), hidden(masking(range(13, 18)), frames));
  }

  @Test
  void theCallerSaysWhichTracksAreHidden() {
    Set<Integer> seen = range(10, 14);
    assertEquals(
        new TreeSet<>(), hidden(masking(seen).withHidden(track -> track.id() != 1), frames()));
    assertEquals(
        range(10 - REACH, 14 + REACH),
        hidden(masking(seen).withHidden(track -> track.firstFrame() == 10), frames()));
  }

  private record Broken() implements ImageSource {
    @Override
    public Image load() {
      throw new FacePipelineException("frame is broken");
    }

    @Override
    public String name() {
      return "broken";
    }
  }

  @Test
  void unreadableFramesAreNamedAndTheOthersKeepTheirNumbers() {
    List<ImageSource> frames = new ArrayList<>(frames());
    frames.set(12, new Broken());
    frames.set(FRAMES - 1, new Broken());
    TreeMap<Long, Image> given = new TreeMap<>();
    List<Long> broken = new ArrayList<>();
    List<FaceTrack> tracks =
        masking(range(10, 14))
            .mask(
                () -> FrameSource.of(frames),
                (done, total, item) -> assertTrue(done <= total, done + " of " + total),
                (image, index) -> given.put(index, image),
                (e, index) -> broken.add(index));
    assertEquals(1, tracks.size());
    assertEquals(List.of(12L, FRAMES - 1L), broken);
    assertEquals(FRAMES - 2, given.size());
    given.forEach((index, image) -> assertEquals(index, image.rgbAt(0, 0) & 0xFF));
  }

  @Test
  void aVideoThatChangesBetweenTheReadingsIsRefused() {
    List<List<ImageSource>> readings =
        new ArrayList<>(List.of(frames(), frames().subList(0, FRAMES - 3)));
    VideoMasking masking = masking(range(10, 14));
    FacePipelineException e =
        assertThrows(
            FacePipelineException.class,
            () ->
                masking.mask(
                    () -> FrameSource.of(readings.remove(0)),
                    ProgressListener.NONE,
                    (image, index) -> {},
                    (problem, index) -> {}));
    assertTrue(String.valueOf(e.getMessage()).contains("frame 37"), e.getMessage());
  }
}
