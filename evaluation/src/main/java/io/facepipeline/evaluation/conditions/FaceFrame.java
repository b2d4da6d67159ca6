package io.facepipeline.evaluation.conditions;

import io.facepipeline.Landmarks;
import io.facepipeline.Point;

/**
 * A face's own coordinates: the middle between the eyes is (0, 0), the right eye as seen in the
 * photo (0.5, 0), and the mouth lies at about (0, 1.15), whatever the size and the tilt.
 *
 * @param x the middle between the eyes, in pixels
 * @param y its row
 * @param acrossX the way from the left eye to the right one, in pixels
 * @param acrossY its rows
 */
record FaceFrame(double x, double y, double acrossX, double acrossY) {
  static FaceFrame of(Landmarks landmarks) {
    Point left = landmarks.leftEye();
    Point right = landmarks.rightEye();
    double acrossX = (double) right.x() - left.x();
    double acrossY = (double) right.y() - left.y();
    return new FaceFrame(
        left.x() + acrossX / 2,
        left.y() + acrossY / 2,
        // Eyes upon each other, as of a face in full profile, still need a size.
        Math.hypot(acrossX, acrossY) < 1 ? 1 : acrossX,
        acrossY);
  }

  /** {@return the distance between the eyes in pixels} */
  double eyeDistance() {
    return Math.hypot(acrossX, acrossY);
  }

  /** {@return how far to the right a pixel is} */
  double right(double px, double py) {
    return ((px - x) * acrossX + (py - y) * acrossY) / square();
  }

  /** {@return how far down a pixel is} */
  double down(double px, double py) {
    return ((py - y) * acrossX - (px - x) * acrossY) / square();
  }

  /** {@return the column of a place in the face} */
  double column(double right, double down) {
    return x + right * acrossX - down * acrossY;
  }

  /** {@return the row of a place in the face} */
  double row(double right, double down) {
    return y + right * acrossY + down * acrossX;
  }

  private double square() {
    return acrossX * acrossX + acrossY * acrossY;
  }
}
