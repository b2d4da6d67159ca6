package io.facepipeline.detection.video;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Image;
import java.util.List;

/** A face that is being followed: how it moves, and its best frames. Not thread-safe. */
final class Track {
  final int id;
  private final BestFrames bestFrames;
  private Motion motion;
  private long firstFrame;
  private long framesSeen = 1;
  private boolean placed = true;

  Track(int id, BestFrames bestFrames, Image image, long frame, Face face) {
    this.id = id;
    motion = new Motion(face, frame);
    this.bestFrames = bestFrames;
    firstFrame = frame;
    bestFrames.offer(image, frame, face);
  }

  void see(Image image, long frame, Face seen) {
    if (placed) {
      motion.see(seen, frame);
    } else {
      motion = new Motion(seen, frame);
    }
    placed = true;
    framesSeen++;
    bestFrames.offer(image, frame, seen);
  }

  /** It was there already in a frame that has passed. */
  void seeBefore(Image image, long frame, Face seen) {
    firstFrame = Math.min(firstFrame, frame);
    framesSeen++;
    bestFrames.offer(image, frame, seen);
  }

  /** Where it was last says nothing any more of where it is. */
  void displace() {
    placed = false;
  }

  /** Whether its place can be predicted. */
  boolean isPlaced() {
    return placed;
  }

  boolean isSeenIn(long frame) {
    return motion.lastStep() == frame;
  }

  long unseen(long frame) {
    return frame - motion.lastStep();
  }

  Face face() {
    return motion.face();
  }

  /** Where it should be, at the speed it had. */
  Box predicted(long frame) {
    return motion.predicted(frame);
  }

  /** Where to look for it. */
  List<Box> places(long frame) {
    return motion.places(frame);
  }

  BestFrames bestFrames() {
    return bestFrames;
  }

  TrackingSession.FaceTrack toFaceTrack() {
    BestFrames.Sample best = bestFrames.best();
    return new TrackingSession.FaceTrack(
        id,
        firstFrame,
        motion.lastStep(),
        framesSeen,
        best.frame,
        best.face,
        best.quality,
        bestFrames.embedding());
  }
}
