package io.facepipeline.detection.video;

import io.facepipeline.Box;
import io.facepipeline.FaceAligner;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FaceRefiner;
import org.jspecify.annotations.Nullable;

/**
 * The stages and settings of a tracker.
 *
 * @param detector finds faces in the whole frame
 * @param refiner finds them at given places; null if the detector cannot or sees every frame
 * @param embedder tells people apart; null without
 * @param aligner cuts faces for the embedder
 * @param leastSimilarity the least cosine of a face that returns
 * @param detectEvery frames from one detection to the next
 * @param leastOverlap the least intersection over union of a face with its predicted place
 * @param keepPlace frames for which an unseen face's place is predicted, and in which one that
 *     appears is looked for before
 * @param forgetAfter frames after which an unseen face's track ends
 * @param detectionChange the change since the last detection that asks for another, in levels
 * @param cutChange the change from one frame to the next that is a cut, in levels
 */
record TrackingOptions(
    FaceDetector detector,
    @Nullable FaceRefiner refiner,
    @Nullable FaceEmbedder embedder,
    FaceAligner aligner,
    float leastSimilarity,
    int detectEvery,
    float leastOverlap,
    int keepPlace,
    int forgetAfter,
    double detectionChange,
    double cutChange) {
  /** Whether two boxes are of one face. */
  boolean isSamePlace(Box a, Box b) {
    return a.intersectionOverUnion(b) >= leastOverlap;
  }
}
