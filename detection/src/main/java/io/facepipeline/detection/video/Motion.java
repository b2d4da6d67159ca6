package io.facepipeline.detection.video;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Point;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a face was last and how it moves, to say where to look for it next. Steps count away from
 * where it was seen first, into either direction of time. Not thread-safe.
 */
final class Motion {
  /** How much of a new step goes into the velocity. */
  private static final float NEW_STEP = 0.5f;

  private static final float[] SCALES = {0.8f, 1, 1.25f};
  private static final float[][] SHIFTS = {{-0.2f, 0}, {0.2f, 0}, {0, -0.2f}, {0, 0.2f}};

  private Face face;
  private long lastStep;
  private float velocityX;
  private float velocityY;

  Motion(Face face, long step) {
    this.face = face;
    lastStep = step;
  }

  void see(Face seen, long step) {
    Point from = face.box().center();
    Point to = seen.box().center();
    long steps = step - lastStep;
    velocityX += NEW_STEP * ((to.x() - from.x()) / steps - velocityX);
    velocityY += NEW_STEP * ((to.y() - from.y()) / steps - velocityY);
    face = seen;
    lastStep = step;
  }

  Face face() {
    return face;
  }

  long lastStep() {
    return lastStep;
  }

  /** Where it should be, at the speed it had. */
  Box predicted(long step) {
    float x = velocityX * (step - lastStep);
    float y = velocityY * (step - lastStep);
    Box box = face.box();
    return new Box(box.x1() + x, box.y1() + y, box.x2() + x, box.y2() + y);
  }

  /**
   * Where to look for it: where it should be, in several sizes, since R-Net wants its squares about
   * right; where it was; and if it was not there in the step before either, around that place.
   */
  List<Box> places(long step) {
    List<Box> places = new ArrayList<>();
    for (float scale : SCALES) {
      places.add(around(predicted(step), scale, 0, 0));
    }
    places.add(face.box());
    if (step - lastStep > 1) {
      for (float scale : SCALES) {
        for (float[] shift : SHIFTS) {
          places.add(around(face.box(), scale, shift[0], shift[1]));
        }
      }
    }
    return places;
  }

  /** A box scaled about its center and shifted, in shares of its sides. */
  private static Box around(Box box, float scale, float shiftX, float shiftY) {
    float x = box.center().x() + shiftX * box.width();
    float y = box.center().y() + shiftY * box.height();
    float w = scale * box.width() / 2;
    float h = scale * box.height() / 2;
    return new Box(x - w, y - h, x + w, y + h);
  }
}
