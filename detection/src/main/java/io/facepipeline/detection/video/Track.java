package io.facepipeline.detection.video;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.Image;
import io.facepipeline.Point;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A face that is being followed: where it was last, how it moves, and its best frames. Not
 * thread-safe.
 */
final class Track {
  /** How much of a new step goes into the velocity. */
  private static final float NEW_STEP = 0.5f;

  /** A face that comes nearer outgrows its old box; R-Net finds it in a wider one. */
  private static final float WIDER = 1.25f;

  final int id;
  private final BestFrames bestFrames;
  private final long firstFrame;
  private Face face;
  private long lastFrame;
  private long framesSeen;
  private float velocityX;
  private float velocityY;
  private boolean placed = true;

  Track(int id, @Nullable FaceEmbedder embedder, Image image, long frame, Face face) {
    this.id = id;
    this.face = face;
    bestFrames = new BestFrames(embedder);
    firstFrame = frame;
    lastFrame = frame;
    framesSeen = 1;
    bestFrames.offer(image, frame, face);
  }

  void see(Image image, long frame, Face seen) {
    if (placed) {
      Point from = face.box().center();
      Point to = seen.box().center();
      long frames = frame - lastFrame;
      velocityX += NEW_STEP * ((to.x() - from.x()) / frames - velocityX);
      velocityY += NEW_STEP * ((to.y() - from.y()) / frames - velocityY);
    } else {
      velocityX = 0;
      velocityY = 0;
    }
    placed = true;
    face = seen;
    lastFrame = frame;
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
    return lastFrame == frame;
  }

  long unseen(long frame) {
    return frame - lastFrame;
  }

  Face face() {
    return face;
  }

  /** Where it should be, at the speed it had. */
  Box predicted(long frame) {
    float x = velocityX * unseen(frame);
    float y = velocityY * unseen(frame);
    Box box = face.box();
    return new Box(box.x1() + x, box.y1() + y, box.x2() + x, box.y2() + y);
  }

  /** Where to look for it: at the predicted place, in a wider one, and where it was. */
  List<Box> places(long frame) {
    Box predicted = predicted(frame);
    float x = predicted.width() * (WIDER - 1) / 2;
    float y = predicted.height() * (WIDER - 1) / 2;
    Box wider =
        new Box(predicted.x1() - x, predicted.y1() - y, predicted.x2() + x, predicted.y2() + y);
    return List.of(predicted, wider, face.box());
  }

  BestFrames bestFrames() {
    return bestFrames;
  }

  FaceTrack toFaceTrack() {
    BestFrames.Sample best = bestFrames.best();
    return new FaceTrack(
        id,
        firstFrame,
        lastFrame,
        framesSeen,
        best.frame,
        best.face,
        best.quality,
        Optional.ofNullable(bestFrames.embedding()));
  }
}
