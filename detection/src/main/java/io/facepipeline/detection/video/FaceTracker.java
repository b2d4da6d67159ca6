package io.facepipeline.detection.video;

import io.facepipeline.FacePipelineException;
import io.facepipeline.FaceRefiner;
import io.facepipeline.FrameSource;
import io.facepipeline.Image;
import io.facepipeline.ProgressListener;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;

/**
 * Follows faces through a video: each keeps its id. The detector searches the whole frame every
 * n-th time and when the picture changes. In between it looks only where the faces should be, which
 * takes a fraction of the time. If a face is not there, the detector searches the whole frame
 * again, unless it did so less than n/2 frames ago. FastMTCNN too relies on the similarity of
 * neighboring frames (Timothy Esler, github.com/timesler/facenet-pytorch, {@code examples/}, and
 * Justin Güse's github.com/JustinGuese/mtcnn-face-extraction-eyes-mouth-nose-and-speeding-it-up);
 * it leaves the boxes unchanged, while here R-Net and O-Net correct them in every frame.
 *
 * <p>The rules:
 *
 * <ul>
 *   <li>Position: a track continues with the face that overlaps most with its predicted position
 *       (constant speed), with an intersection over union of at least 0.3. The best pair is matched
 *       first. With an embedder, similarity is added to the overlap if a face or a track has more
 *       than one candidate, as when two people cross.
 *   <li>Birth: a detected face that matches no track starts one; with an embedder, only if it does
 *       not resemble an unseen track either.
 *   <li>Looking back: the tracker looks for a new face in up to 10 earlier frames, one after
 *       another, until it is not there. So {@link #track} reports a frame 10 frames later and holds
 *       that many, unless the detector searches every frame. A {@linkplain #start session} does not
 *       look back.
 *   <li>Absence: an unseen track keeps moving at its last speed for 10 frames. Then, or at once
 *       when the scene cuts, it loses its position; with an embedder, a detection can find it again
 *       anywhere.
 *   <li>Death: without an embedder a track ends when it loses its position; with one after 250
 *       frames unseen.
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

  /** {@return a session for frames that come one by one, such as those of a camera} */
  public TrackingSession start() {
    return new TrackingSession(options);
  }

  /**
   * Follows the faces through a sequence.
   *
   * @param frames the frames, read to the end; not closed
   * @param progress is notified after each frame; if the number of frames is unknown, the total is
   *     the number done so far
   * @param each receives each frame with its faces, in order and in the calling thread, 10 frames
   *     after it was read, or at the end
   * @return the tracks, by id
   * @throws FacePipelineException if a frame cannot be read or a model fails; held-back frames are
   *     no longer reported
   * @throws IllegalStateException if the source or a stage is closed
   */
  public List<FaceTrack> track(
      FrameSource frames, ProgressListener progress, Consumer<TrackedFrame> each) {
    return track(
        frames,
        progress,
        each,
        (e, index) -> {
          throw e;
        });
  }

  /**
   * Follows the faces through a sequence with unreadable frames. These count too, so the others
   * keep their numbers.
   *
   * @param frames the frames, read to the end; not closed
   * @param progress is notified after each readable frame; if the number of frames is unknown, the
   *     total is the number done so far
   * @param each receives each readable frame with its faces, in order and in the calling thread, 10
   *     frames after it was read, or at the end
   * @param unreadable gets what {@link FrameSource#next} threw, and the frame's number, from 0
   * @return the tracks, by id
   * @throws FacePipelineException if a model fails; held-back frames are no longer reported
   * @throws IllegalStateException if the source or a stage is closed
   */
  public List<FaceTrack> track(
      FrameSource frames,
      ProgressListener progress,
      Consumer<TrackedFrame> each,
      ObjLongConsumer<FacePipelineException> unreadable) {
    TrackingSession session = start();
    FaceRefiner refiner = options.refiner();
    LookBack lookBack = refiner == null ? null : new LookBack(options, refiner, each);
    for (long index = 0; ; index++) {
      Image image;
      try {
        image = frames.next();
      } catch (FacePipelineException e) {
        unreadable.accept(e, index);
        session.skip();
        continue;
      }
      if (image == null) {
        break;
      }
      TrackedFrame frame = session.next(image);
      if (lookBack == null) {
        each.accept(frame);
      } else {
        lookBack.add(frame, session.appeared());
      }
      long done = index + 1;
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
