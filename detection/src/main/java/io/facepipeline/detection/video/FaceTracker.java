package io.facepipeline.detection.video;

import io.facepipeline.FaceRefiner;
import io.facepipeline.FrameSource;
import io.facepipeline.Image;
import io.facepipeline.ProgressListener;
import java.util.List;
import java.util.function.Consumer;

/**
 * Follows faces through a video: each keeps its id. Every n-th frame, and when the picture changes,
 * the detector looks at the whole frame; in between it looks only where the faces should be, which
 * takes a fraction of the time; if one is not there, the detector looks again, unless it did so
 * less than n/2 frames ago. That neighbouring frames are alike is what FastMTCNN lives on too
 * (Timothy Esler, github.com/timesler/facenet-pytorch, {@code examples/}, and Justin Güse's
 * github.com/JustinGuese/mtcnn-face-extraction-eyes-mouth-nose-and-speeding-it-up); it leaves the
 * boxes where they were, while here R- and O-Net correct them in every frame.
 *
 * <p>The rules:
 *
 * <ul>
 *   <li>Place: a track has the face that overlaps most with where it should be at the speed it had,
 *       with an intersection over union of at least 0.3. The surest pair is taken first. With an
 *       embedder, likeness is added to the overlap where a face or a track could have more than one
 *       partner, as when two people cross.
 *   <li>Birth: a face that the detector sees and no track claims, and, with an embedder, that no
 *       unseen track resembles.
 *   <li>Looking back: a face that appears is looked for in the frames before, up to 10, from one to
 *       the next, until it is not there. So {@link #track} tells of a frame 10 frames later, and
 *       holds as many, unless the detector looks at every frame; a {@linkplain #start session} does
 *       not look back.
 *   <li>Absence: a track that is not seen keeps its place for 10 frames, moving on at the speed it
 *       had. Then, and at once when the scene cuts, it has none; with an embedder a detection can
 *       find it again anywhere.
 *   <li>Death: without an embedder when the place is lost; with one after 250 frames unseen.
 * </ul>
 *
 * <p>A detector that is no {@link io.facepipeline.FaceRefiner} looks at every frame. Immutable and
 * as thread-safe as its stages, which it does not close.
 *
 * <pre>{@code
 * FaceTracker tracker = FaceTracker.builder().detector(detector).embedder(embedder).build();
 * List<FaceTrack> tracks = tracker.track(frames, ProgressListener.NONE, frame -> draw(frame));
 * }</pre>
 */
public final class FaceTracker {
  private final TrackingOptions options;

  FaceTracker(TrackingOptions options) {
    this.options = options;
  }

  /** {@return a builder} */
  public static FaceTrackerBuilder builder() {
    return new FaceTrackerBuilder();
  }

  /** {@return a session for a sequence whose frames come one by one, such as those of a camera} */
  public TrackingSession start() {
    return new TrackingSession(options);
  }

  /**
   * Follows the faces through a sequence.
   *
   * @param frames the frames, taken to the end; not closed
   * @param progress is told after each frame; where the number of frames is not known the total is
   *     what has been done
   * @param each gets each frame with its faces, in order and in the calling thread, 10 frames after
   *     it was read, or at the end
   * @return the tracks, by id
   * @throws io.facepipeline.FacePipelineException if a frame cannot be read or a model fails; the
   *     frames that were held back are not told of any more
   * @throws IllegalStateException if the source or a stage is closed
   */
  public List<FaceTrack> track(
      FrameSource frames, ProgressListener progress, Consumer<TrackedFrame> each) {
    TrackingSession session = start();
    FaceRefiner refiner = options.refiner();
    LookBack lookBack = refiner == null ? null : new LookBack(options, refiner, each);
    for (Image image = frames.next(); image != null; image = frames.next()) {
      TrackedFrame frame = session.next(image);
      if (lookBack == null) {
        each.accept(frame);
      } else {
        lookBack.add(frame, session.appeared());
      }
      long done = frame.index() + 1;
      progress.progress(done, Math.max(done, frames.estimatedFrames()), "frame " + frame.index());
    }
    if (lookBack != null) {
      lookBack.release();
    }
    return session.tracks();
  }

  /** {@return the settings, for logs} */
  @Override
  public String toString() {
    return "face tracker " + options;
  }
}
