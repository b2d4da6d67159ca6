package io.facepipeline.detection.video;

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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.ObjLongConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Hides faces in a video, in every frame: also where the tracker did not see a face for a while,
 * and somewhat before it was first and after it was last seen. The frames are read twice. First the
 * faces are followed to the end, so that it is known who they are and where they come from; then
 * they are hidden. Memory: a few hundred bytes for each face of each frame. Immutable and as
 * thread-safe as the tracker.
 *
 * <pre>{@code
 * VideoMasking.of(tracker, FaceMasking.blur())
 *     .withHidden(track -> !"ada".equals(gallery.classify(track.embedding()).label()))
 *     .mask(() -> VideoReader.open(file), ProgressListener.NONE, out::write, (e, frame) -> log(e));
 * }</pre>
 *
 * <p>Between two sightings that are at most twice the {@linkplain #withReach reach} apart, the mask
 * goes straight from the one to the other. Before the first and after the last of them it goes on
 * at the face's speed, and grows. It never passes a cut.
 */
public final class VideoMasking {
  private static final int DEFAULT_REACH = 15;

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
   * @param video opens the video; called twice, and each source is closed
   * @param progress is notified after each frame that is read; there are twice as many as the video
   *     has, and if their number is unknown, the total is the number done so far
   * @param each receives each readable frame with its faces hidden, in order and in the calling
   *     thread, and its index
   * @param unreadable gets what {@link FrameSource#next} threw, and the frame's index; such a frame
   *     is not given on
   * @return all tracks of the video, hidden or not, by id
   * @throws FacePipelineException if a model fails, or the second reading gives more frames than
   *     the first, whose faces nobody has looked for
   */
  public List<FaceTrack> mask(
      Supplier<? extends FrameSource> video,
      ProgressListener progress,
      ObjLongConsumer<Image> each,
      ObjLongConsumer<FacePipelineException> unreadable) {
    Map<Integer, Sightings> seen = new HashMap<>();
    SortedSet<Long> cuts = new TreeSet<>();
    Set<Long> known = new HashSet<>();
    List<FaceTrack> tracks;
    try (FrameSource frames = video.get()) {
      tracks =
          tracker.track(
              frames,
              (done, total, item) -> progress.progress(done, 2 * total, item),
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
    }
    List<Sightings> paths = new ArrayList<>();
    for (FaceTrack track : tracks) {
      Sightings path = seen.get(track.id());
      if (path != null && hidden.test(track)) {
        paths.add(path);
      }
    }
    try (FrameSource frames = video.get()) {
      give(frames, paths, cuts, known, progress, each);
    }
    return tracks;
  }

  private void give(
      FrameSource frames,
      List<Sightings> paths,
      SortedSet<Long> cuts,
      Set<Long> known,
      ProgressListener progress,
      ObjLongConsumer<Image> each) {
    long given = 0;
    for (long index = 0; given < known.size(); index++) {
      Image image;
      try {
        image = frames.next();
      } catch (FacePipelineException e) {
        if (known.contains(index)) {
          throw e;
        }
        continue;
      }
      if (image == null || !known.contains(index)) {
        throw new FacePipelineException(
            "frame "
                + index
                + " of the video was "
                + (image == null ? "there" : "not to be read")
                + " when its faces were looked for and "
                + (image == null ? "is gone" : "is there")
                + " now; give a video that does not change");
      }
      List<Face> faces = new ArrayList<>();
      for (Sightings path : paths) {
        path.at(index, reach, cuts).ifPresent(faces::add);
      }
      each.accept(masking.mask(image, faces), index);
      given++;
      long total = 2L * Math.max(known.size(), frames.estimatedFrames());
      progress.progress(total / 2 + given, total, "frame " + index);
    }
  }

  /** {@return the settings, for logs} */
  @Override
  public String toString() {
    return masking + ", " + reach + " frames before and after";
  }
}
