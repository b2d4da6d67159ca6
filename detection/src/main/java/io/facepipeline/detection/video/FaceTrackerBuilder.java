package io.facepipeline.detection.video;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.facepipeline.FaceAligner;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.FaceRefiner;
import io.facepipeline.internal.SetOnce;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link FaceTracker}. Each setter refuses a second call and values out of range. Not
 * thread-safe.
 */
public final class FaceTrackerBuilder {
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

  FaceTrackerBuilder() {}

  /**
   * Sets the detector.
   *
   * @param detector the detector; a {@link FaceRefiner}, such as {@link
   *     io.facepipeline.detection.mtcnn.Mtcnn}, makes the frames between two detections cheap
   * @return this
   * @throws IllegalStateException if it was set already
   */
  @CanIgnoreReturnValue
  public FaceTrackerBuilder detector(FaceDetector detector) {
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
  public FaceTrackerBuilder embedder(FaceEmbedder embedder) {
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
  public FaceTrackerBuilder aligner(FaceAligner aligner) {
    this.aligner = SetOnce.set("aligner", this.aligner, aligner);
    return this;
  }

  /**
   * Sets detector, aligner and embedder to those of a pipeline, which must stay open as long as the
   * tracker is used. If the pipeline has no embedder, the tracker has none.
   *
   * @param pipeline the pipeline
   * @return this
   * @throws IllegalStateException if one of them was set already
   */
  @CanIgnoreReturnValue
  public FaceTrackerBuilder stagesOf(FacePipeline pipeline) {
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
  public FaceTrackerBuilder leastSimilarity(float cosine) {
    SetOnce.refuseSecond("least similarity", leastSimilarity);
    if (!(cosine >= -1 && cosine <= 1)) {
      throw new IllegalArgumentException(
          "the least similarity must be a cosine between -1 and 1, got " + cosine);
    }
    leastSimilarity = cosine;
    return this;
  }

  /**
   * Sets the number of frames from one detection to the next. More is faster, but a new face waits
   * for the next detection, and one that comes and goes in between is missed. The default is 10.
   *
   * @param frames at least 1; 1 detects in every frame
   * @return this
   * @throws IllegalStateException if it was set already
   * @throws IllegalArgumentException if it is less
   */
  @CanIgnoreReturnValue
  public FaceTrackerBuilder detectEvery(int frames) {
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
  public FaceTrackerBuilder forgetAfter(int frames) {
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
