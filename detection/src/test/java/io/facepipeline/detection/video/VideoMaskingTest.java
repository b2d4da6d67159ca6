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
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /** Takes what is written, as a caller who does not let anybody look at it. */
  private static final class Written implements Function<FrameSource, FrameSource> {
    final List<Image> images = new ArrayList<>();

    @Override
    public @Nullable FrameSource apply(FrameSource masked) {
      images.clear();
      assertTrue(masked.estimatedFrames() > 0);
      for (Image image = masked.next(); image != null; image = masked.next()) {
        images.add(image);
      }
      return null;
    }

    /** The numbers of the frames, as their pixels say. */
    List<Long> numbers() {
      return images.stream().map(image -> (long) (image.rgbAt(0, 0) & 0xFF)).toList();
    }
  }

  /** The frames in which the face's middle is hidden. */
  private static Set<Integer> hidden(VideoMasking masking, List<ImageSource> frames) {
    Written written = new Written();
    masking.mask(
        () -> FrameSource.of(frames),
        written,
        ProgressListener.NONE,
        (e, index) -> {
          throw e;
        });
    assertEquals(
        IntStream.range(0, frames.size()).mapToObj(i -> (long) i).toList(), written.numbers());
    TreeSet<Integer> hidden = new TreeSet<>();
    for (int i = 0; i < frames.size(); i++) {
      if (written.images.get(i).rgbAt(Math.round(face(i).box().center().x()), 37) == RED) {
        hidden.add(i);
      }
    }
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
    Written written = new Written();
    List<Long> broken = new ArrayList<>();
    List<FaceTrack> tracks =
        masking(range(10, 14))
            .mask(
                () -> FrameSource.of(frames),
                written,
                (done, total, item) -> assertTrue(done <= total, done + " of " + total),
                (e, index) -> broken.add(index));
    assertEquals(1, tracks.size());
    assertEquals(List.of(12L, FRAMES - 1L), broken);
    List<Long> others = new ArrayList<>();
    LongStream.range(0, FRAMES - 1).filter(i -> i != 12).forEach(others::add);
    assertEquals(others, written.numbers());
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
                    new Written(),
                    ProgressListener.NONE,
                    (problem, index) -> {}));
    assertTrue(String.valueOf(e.getMessage()).contains("frame 37"), e.getMessage());
  }

  /** Coding makes a face of a place on the wall, in some frames, until it is hidden. */
  private static final class Coder implements FaceDetector, Function<FrameSource, FrameSource> {
    private static final Box PLACE = new Box(120, 60, 132, 74);

    private final Set<Integer> frames;
    private final double scale;
    private final List<Image> written = new ArrayList<>();
    private int writings;
    private boolean looking;

    Coder(Set<Integer> frames, double scale) {
      this.frames = frames;
      this.scale = scale;
    }

    @Override
    public FrameSource apply(FrameSource masked) {
      writings++;
      written.clear();
      for (Image image = masked.next(); image != null; image = masked.next()) {
        written.add(image);
      }
      looking = true;
      return FrameSource.of(
          written.stream()
              .map(
                  image ->
                      (ImageSource)
                          image.resized(
                              (int) (scale * image.width()), (int) (scale * image.height())))
              .toList());
    }

    private int looked;

    @Override
    public List<Face> detect(Image image) {
      if (!looking) {
        return List.of();
      }
      int frame = looked++ % FRAMES;
      int x = (int) (scale * PLACE.center().x());
      int y = (int) (scale * PLACE.center().y());
      boolean hidden = (image.rgbAt(x, y) >> 16 & 0xFF) > 200;
      return hidden || !frames.contains(frame)
          ? List.of()
          : List.of(
              new Face(
                  new Box(
                      (float) scale * PLACE.x1(),
                      (float) scale * PLACE.y1(),
                      (float) scale * PLACE.x2(),
                      (float) scale * PLACE.y2()),
                  face(0).landmarks(),
                  1));
    }

    List<Integer> hidden() {
      return IntStream.range(0, FRAMES)
          .filter(i -> written.get(i).rgbAt(126, 67) == RED)
          .boxed()
          .toList();
    }

    @Override
    public void close() {}
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 0.5})
  void whatADetectorFindsInWhatWasWrittenIsHiddenToo(double scale) {
    Coder coder = new Coder(Set.of(12), scale);
    FaceTracker tracker = FaceTracker.builder().detector(coder).build();
    VideoMasking.of(tracker, FaceMasking.fill(Color.RED))
        .mask(
            () -> FrameSource.of(frames()),
            coder,
            (done, total, item) -> assertTrue(done <= total, done + " of " + total),
            (e, index) -> {
              throw e;
            });
    assertEquals(2, coder.writings);
    assertEquals(List.copyOf(range(7, 17)), coder.hidden());
  }

  /** Whom the caller shows, a detector may find. */
  @Test
  void whoIsShownStaysShown() {
    Set<Integer> seen = range(10, 14);
    List<Integer> writings = new ArrayList<>();
    masking(seen)
        .withHidden(track -> false)
        .mask(
            () -> FrameSource.of(frames()),
            masked -> {
              Written written = new Written();
              written.apply(masked);
              writings.add(written.images.size());
              return FrameSource.of(written.images);
            },
            ProgressListener.NONE,
            (e, index) -> {
              throw e;
            });
    assertEquals(List.of(FRAMES), writings);
  }

  @Test
  void whatWasWrittenHasTheFramesItWasGiven() {
    VideoMasking masking = masking(range(10, 14));
    for (int count : new int[] {FRAMES - 1, FRAMES + 1}) {
      FacePipelineException e =
          assertThrows(
              FacePipelineException.class,
              () ->
                  masking.mask(
                      () -> FrameSource.of(frames()),
                      masked -> {
                        new Written().apply(masked);
                        List<ImageSource> other = new ArrayList<>();
                        IntStream.range(0, count).forEach(i -> other.add(frame(0, 160)));
                        return FrameSource.of(other);
                      },
                      ProgressListener.NONE,
                      (problem, index) -> {}));
      assertTrue(String.valueOf(e.getMessage()).contains("frames that it was given"), e.toString());
    }
  }
}
