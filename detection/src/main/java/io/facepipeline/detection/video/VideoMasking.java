package io.facepipeline.detection.video;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FacePipelineException;
import io.facepipeline.FrameSource;
import io.facepipeline.Image;
import io.facepipeline.ProgressListener;
import io.facepipeline.detection.video.TrackingSession.FaceTrack;
import io.facepipeline.detection.video.TrackingSession.TrackedFrame;
import io.facepipeline.drawing.FaceMasking;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.ObjLongConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hides faces in a video, in every frame: also where the tracker did not see a face for a while,
 * and somewhat before it was first and after it was last seen. The video is read twice. First the
 * faces are followed to the end, so that it is known who they are and where they come from; then
 * they are hidden. Last, the detector looks at what was written; if it still finds something, that
 * is hidden too, and the video is written again. Memory: a few hundred bytes for each face of each
 * frame. Immutable and as thread-safe as the tracker.
 *
 * <pre>{@code
 * VideoMasking.of(tracker, FaceMasking.blur())
 *     .withHidden(track -> !"ada".equals(gallery.classify(track.embedding()).label()))
 *     .mask(
 *         () -> VideoReader.open(file),
 *         hidden -> {
 *           try (VideoWriter out = VideoWriter.to(target, hidden.framesPerSecond(), file)) {
 *             for (Image frame = hidden.next(); frame != null; frame = hidden.next()) {
 *               out.writeAt(frame, hidden.seconds());
 *             }
 *             out.finish();
 *           }
 *           return VideoReader.open(target);
 *         },
 *         ProgressListener.NONE,
 *         (e, frame) -> log(e));
 * }</pre>
 *
 * <p>Between two sightings that are at most twice the {@linkplain #withReach reach} apart, the mask
 * goes straight from the one to the other. Before the first and after the last of them it goes on
 * at the face's speed, and grows. It never passes a cut.
 */
public final class VideoMasking {
  private static final System.Logger LOG = System.getLogger(VideoMasking.class.getName());
  private static final int DEFAULT_REACH = 15;

  /** How often what was written is looked at: coding it anew changes a little everywhere. */
  private static final int LOOKS = 4;

  /**
   * What was found in one written frame may be there in as many others, on either side; in so many
   * more each time, since coding makes it appear now here, now there.
   */
  private static final int FOUND_REACH = 5;

  /** Boxes of one face overlap so much. */
  private static final float SAME_FACE = 0.2f;

  private final FaceTracker tracker;
  private final FaceMasking masking;
  private final Predicate<FaceTrack> hidden;
  private final int reach;

  private VideoMasking(
      FaceTracker tracker, FaceMasking masking, Predicate<FaceTrack> hidden, int reach) {
    this.tracker = tracker;
    this.masking = masking;
    this.hidden = hidden;
    this.reach = reach;
  }

  /**
   * {@return the masking of all faces, 15 frames before and after they are seen}
   *
   * @param tracker follows the faces; one that {@linkplain FaceTracker.Builder#detectEvery detects}
   *     in every frame misses least
   * @param masking hides them
   */
  public static VideoMasking of(FaceTracker tracker, FaceMasking masking) {
    return new VideoMasking(tracker, masking, track -> true, DEFAULT_REACH);
  }

  /**
   * {@return this masking for some of the faces}
   *
   * @param which whether to hide a track; asked once for each, when all are known
   */
  public VideoMasking withHidden(Predicate<FaceTrack> which) {
    return new VideoMasking(tracker, masking, which, reach);
  }

  /**
   * {@return this masking with another reach}
   *
   * @param frames for how many frames before and after a face is seen it is hidden, at least 0
   * @throws IllegalArgumentException if the number is negative
   */
  public VideoMasking withReach(int frames) {
    if (frames < 0) {
      throw new IllegalArgumentException("the reach must be at least 0 frames, got " + frames);
    }
    return new VideoMasking(tracker, masking, hidden, frames);
  }

  /**
   * Hides the faces of a video.
   *
   * @param video opens the video; called twice, once more each time something is left, and each
   *     source is closed
   * @param write takes all frames that can be read with their faces hidden, writes them, and
   *     returns what it wrote, opened, which is then closed; null if nobody is to look at it.
   *     Called again, to write all anew, while the detector still finds a face, five times at most.
   * @param progress is notified after each frame, with the number of frames that are to be gone
   *     through in all as far as is known: three times those of the video, and more if it is
   *     written again. If their number is unknown at first, the total is the number done so far.
   * @param unreadable gets what {@link FrameSource#next} threw, and the frame's index; such a frame
   *     is left out
   * @return all tracks of the video, hidden or not, by id
   * @throws FacePipelineException if a model fails, or the video gives other frames than at the
   *     first reading, whose faces nobody has looked for, or what was written has another number of
   *     them
   */
  public List<FaceTrack> mask(
      Supplier<? extends FrameSource> video,
      Function<? super FrameSource, ? extends @Nullable FrameSource> write,
      ProgressListener progress,
      ObjLongConsumer<FacePipelineException> unreadable) {
    Followed followed = follow(video, progress, unreadable);
    List<Sightings> paths = new ArrayList<>();
    List<Sightings> shown = new ArrayList<>();
    for (FaceTrack track : followed.tracks()) {
      Sightings path = followed.seen().get(track.id());
      if (path != null) {
        (hidden.test(track) ? paths : shown).add(path);
      }
    }
    long frames = followed.known().size();
    if (frames == 0) {
      return followed.tracks();
    }
    for (int look = 0; ; look++) {
      long before = (1 + 2L * look) * frames;
      FrameSource written;
      List<MaskedFrames.Size> sizes;
      try (MaskedFrames masked =
          new MaskedFrames(
              video.get(),
              masking,
              paths,
              reach,
              followed.cuts(),
              followed.known(),
              (done, total, item) -> progress.progress(before + done, before + 2 * frames, item))) {
        written = write.apply(masked);
        sizes = masked.sizes();
      }
      if (written == null) {
        break;
      }
      List<Sightings> left;
      try (written) {
        left =
            look(
                written,
                followed,
                shown,
                sizes,
                FOUND_REACH * (look + 1),
                done ->
                    progress.progress(before + frames + done, before + 2 * frames, "looked at"));
      }
      if (left.isEmpty()) {
        break;
      }
      if (look == LOOKS) {
        LOG.log(
            System.Logger.Level.WARNING,
            "a detector still finds " + left.size() + " faces in what was written; look at it");
        break;
      }
      paths.addAll(left);
    }
    return followed.tracks();
  }

  /**
   * What is known of a video after its first reading.
   *
   * @param tracks all tracks
   * @param seen where each was seen, by its id
   * @param cuts the first frames of scenes
   * @param known the indices of the frames that could be read
   */
  private record Followed(
      List<FaceTrack> tracks,
      Map<Integer, Sightings> seen,
      SortedSet<Long> cuts,
      List<Long> known) {}

  private Followed follow(
      Supplier<? extends FrameSource> video,
      ProgressListener progress,
      ObjLongConsumer<FacePipelineException> unreadable) {
    Map<Integer, Sightings> seen = new HashMap<>();
    SortedSet<Long> cuts = new TreeSet<>();
    List<Long> known = new ArrayList<>();
    try (FrameSource frames = video.get()) {
      List<FaceTrack> tracks =
          tracker.track(
              frames,
              (done, total, item) -> progress.progress(done, 3 * total, item),
              frame -> {
                known.add(frame.index());
                if (frame.cut()) {
                  cuts.add(frame.index());
                }
                for (TrackedFrame.TrackedFace face : frame.faces()) {
                  seen.computeIfAbsent(face.id(), id -> new Sightings())
                      .add(frame.index(), face.face());
                }
              },
              unreadable);
      return new Followed(tracks, seen, cuts, known);
    }
  }

  /** What the detector finds in what was written, but for the faces that are to be shown. */
  private List<Sightings> look(
      FrameSource written,
      Followed followed,
      List<Sightings> shown,
      List<MaskedFrames.Size> sizes,
      int foundReach,
      IntConsumer progress) {
    List<Sightings> found = new ArrayList<>();
    int looked = 0;
    for (Image image = written.next(); image != null; image = written.next()) {
      if (looked == sizes.size()) {
        throw otherNumber("more than the " + looked);
      }
      long index = followed.known().get(looked);
      MaskedFrames.Size size = sizes.get(looked);
      for (Face face : tracker.detector().detect(image)) {
        Box box =
            scaled(
                face.box(),
                (float) size.width() / image.width(),
                (float) size.height() / image.height());
        if (shown.stream()
            .flatMap(path -> path.at(index, reach, followed.cuts()).stream())
            .noneMatch(kept -> kept.box().intersectionOverUnion(box) >= SAME_FACE)) {
          Sightings path = new Sightings();
          path.add(index, new Face(box, face.landmarks(), face.score()));
          found.add(path.withReach(foundReach));
        }
      }
      progress.accept(++looked);
    }
    if (looked < sizes.size()) {
      throw otherNumber("only " + looked + " of the " + sizes.size());
    }
    return found;
  }

  /** What is written may have another size: codecs want even sides. */
  private static Box scaled(Box box, float x, float y) {
    return new Box(x * box.x1(), y * box.y1(), x * box.x2(), y * box.y2());
  }

  private static FacePipelineException otherNumber(String frames) {
    return new FacePipelineException(
        "what was written has "
            + frames
            + " frames that it was given; write each once, or return null so that nobody looks at"
            + " it");
  }

  /** {@return the settings, for logs} */
  @Override
  public String toString() {
    return masking + ", " + reach + " frames before and after";
  }
}
