package io.facepipeline.detection.video;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.Image;
import io.facepipeline.Point;
import java.util.ArrayList;
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

  private static final float[] SCALES = {0.8f, 1, 1.25f};
  private static final float[][] SHIFTS = {{-0.2f, 0}, {0.2f, 0}, {0, -0.2f}, {0, 0.2f}};

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

  /**
   * Where to look for it: where it should be, in several sizes, since R-Net wants its squares about
   * right; where it was; and if it was not there in the frame before either, around that place.
   */
  List<Box> places(long frame) {
    List<Box> places = new ArrayList<>();
    for (float scale : SCALES) {
      places.add(around(predicted(frame), scale, 0, 0));
    }
    places.add(face.box());
    if (unseen(frame) > 1) {
      for (float scale : SCALES) {
        for (float[] shift : SHIFTS) {
          places.add(around(face.box(), scale, shift[0], shift[1]));
        }
      }
    }
    return places;
  }

  /** A box scaled about its centre and shifted, in shares of its sides. */
  private static Box around(Box box, float scale, float shiftX, float shiftY) {
    float x = box.center().x() + shiftX * box.width();
    float y = box.center().y() + shiftY * box.height();
    float w = scale * box.width() / 2;
    float h = scale * box.height() / 2;
    return new Box(x - w, y - h, x + w, y + h);
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
