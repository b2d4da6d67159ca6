package io.facepipeline.detection.video;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.facepipeline.FaceAligner;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.FaceRefiner;
import io.facepipeline.FrameSource;
import io.facepipeline.Image;
import io.facepipeline.ProgressListener;
import io.facepipeline.internal.Cosines;
import io.facepipeline.internal.SetOnce;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

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
 * List<TrackingSession.FaceTrack> tracks = tracker.track(frames, ProgressListener.NONE, frame -> draw(frame));
 * }</pre>
 */
public final class FaceTracker {
  private final TrackingOptions options;

  FaceTracker(TrackingOptions options) {
    this.options = options;
  }

  FaceDetector detector() {
    return options.detector();
  }

  /** {@return a builder} */
  public static Builder builder() {
    return new Builder();
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
  public List<TrackingSession.FaceTrack> track(
      FrameSource frames, ProgressListener progress, Consumer<TrackingSession.TrackedFrame> each) {
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
  public List<TrackingSession.FaceTrack> track(
      FrameSource frames,
      ProgressListener progress,
      Consumer<TrackingSession.TrackedFrame> each,
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
      TrackingSession.TrackedFrame frame = session.next(image);
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

  /**
   * Builds a {@link FaceTracker}. Each setter refuses a second call and values out of range. Not
   * thread-safe.
   */
  public static final class Builder {
    private static final int DETECT_EVERY = 10;
    private static final float LEAST_OVERLAP = 0.3f;
    private static final int KEEP_PLACE = 10;
    private static final int FORGET_AFTER = 250;

    /** Someone who walks through a still picture makes 5 to 10 levels, a pan across it 20. */
    private static final double DETECTION_CHANGE = 15;

    /**
     * From one frame to the next a street before a moving camera makes up to 7; photos of other
     * people before the same wall are 11 to 16 apart.
     */
    private static final double CUT_CHANGE = 13;

    private @Nullable FaceDetector detector;
    private @Nullable FaceEmbedder embedder;
    private @Nullable FaceAligner aligner;
    private @Nullable Float leastSimilarity;
    private @Nullable Integer detectEvery;
    private @Nullable Integer forgetAfter;

    Builder() {}

    /**
     * Sets the detector.
     *
     * @param detector the detector; a {@link FaceRefiner}, such as {@link
     *     io.facepipeline.detection.mtcnn.Mtcnn}, makes the frames between two detections cheap
     * @return this
     * @throws IllegalStateException if it was set already
     */
    @CanIgnoreReturnValue
    public Builder detector(FaceDetector detector) {
      this.detector = SetOnce.set("detector", this.detector, detector);
      return this;
    }

    /**
     * Sets the embedder. It returns faces that were away to their tracks and gives each track an
     * embedding. The default is none.
     *
     * @param embedder the embedder
     * @return this
     * @throws IllegalStateException if it was set already
     */
    @CanIgnoreReturnValue
    public Builder embedder(FaceEmbedder embedder) {
      this.embedder = SetOnce.set("embedder", this.embedder, embedder);
      return this;
    }

    /**
     * Sets the aligner that cuts faces for the embedder. The default is {@link
     * FaceAligner#standard()}.
     *
     * @param aligner the aligner
     * @return this
     * @throws IllegalStateException if it was set already
     */
    @CanIgnoreReturnValue
    public Builder aligner(FaceAligner aligner) {
      this.aligner = SetOnce.set("aligner", this.aligner, aligner);
      return this;
    }

    /**
     * Sets detector, aligner and embedder to those of a pipeline, which must stay open as long as
     * the tracker is used. If the pipeline has no embedder, the tracker has none.
     *
     * @param pipeline the pipeline
     * @return this
     * @throws IllegalStateException if one of them was set already
     */
    @CanIgnoreReturnValue
    public Builder stagesOf(FacePipeline pipeline) {
      detector(pipeline.detector()).aligner(pipeline.aligner());
      pipeline.embedder().ifPresent(this::embedder);
      return this;
    }

    /**
     * Sets the lowest similarity of a face and a track that was away. The default is the
     * identification threshold of the embedder's card.
     *
     * @param cosine between -1 and 1
     * @return this
     * @throws IllegalStateException if it was set already
     * @throws IllegalArgumentException if it is out of range
     */
    @CanIgnoreReturnValue
    public Builder leastSimilarity(float cosine) {
      SetOnce.refuseSecond("least similarity", leastSimilarity);
      leastSimilarity = Cosines.require("least similarity", cosine);
      return this;
    }

    /**
     * Sets the number of frames from one detection to the next. More is faster, but a new face
     * waits for the next detection, and one that comes and goes in between is missed. The default
     * is 10.
     *
     * @param frames at least 1; 1 detects in every frame
     * @return this
     * @throws IllegalStateException if it was set already
     * @throws IllegalArgumentException if it is less
     */
    @CanIgnoreReturnValue
    public Builder detectEvery(int frames) {
      SetOnce.refuseSecond("number of frames between detections", detectEvery);
      detectEvery = atLeastOne("number of frames between detections", frames);
      return this;
    }

    /**
     * Sets after how many unseen frames a track ends, if there is an embedder. The default is 250.
     *
     * @param frames at least 1
     * @return this
     * @throws IllegalStateException if it was set already
     * @throws IllegalArgumentException if it is less
     */
    @CanIgnoreReturnValue
    public Builder forgetAfter(int frames) {
      SetOnce.refuseSecond("number of frames to remember a face", forgetAfter);
      forgetAfter = atLeastOne("number of frames to remember a face", frames);
      return this;
    }

    /**
     * {@return the tracker}
     *
     * @throws IllegalArgumentException if the detector is missing, a similarity is given without an
     *     embedder, or the embedder's card has no threshold and none is given
     */
    public FaceTracker build() {
      if (detector == null) {
        throw new IllegalArgumentException("a tracker needs a detector; set one with detector()");
      }
      if (embedder == null && leastSimilarity != null) {
        throw new IllegalArgumentException(
            "a least similarity of "
                + leastSimilarity
                + " needs an embedder; set one with embedder()");
      }
      float similarity = 1;
      if (leastSimilarity != null) {
        similarity = leastSimilarity;
      } else if (embedder != null) {
        similarity = embedder.card().identificationThreshold();
      }
      int every = detectEvery != null ? detectEvery : DETECT_EVERY;
      return new FaceTracker(
          new TrackingOptions(
              detector,
              every > 1 && detector instanceof FaceRefiner refiner ? refiner : null,
              embedder,
              aligner != null ? aligner : FaceAligner.standard(),
              similarity,
              every,
              LEAST_OVERLAP,
              KEEP_PLACE,
              forgetAfter != null ? forgetAfter : FORGET_AFTER,
              DETECTION_CHANGE,
              CUT_CHANGE));
    }

    private static int atLeastOne(String what, int value) {
      if (value < 1) {
        throw new IllegalArgumentException("the " + what + " must be at least 1, got " + value);
      }
      return value;
    }
  }
}
