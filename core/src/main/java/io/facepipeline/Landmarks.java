package io.facepipeline;

import java.util.List;

/**
 * The five landmarks of a face, in pixels. Left and right are as seen in the image, so the left eye
 * of a face that looks at the camera is the person's right eye.
 *
 * @param leftEye the eye on the left of the image
 * @param rightEye the eye on the right of the image
 * @param nose the tip of the nose
 * @param leftMouth the corner of the mouth on the left of the image
 * @param rightMouth the corner of the mouth on the right of the image
 */
public record Landmarks(
    Point leftEye, Point rightEye, Point nose, Point leftMouth, Point rightMouth) {
  /**
   * Creates landmarks from ten numbers.
   *
   * @param xy x and y of left eye, right eye, nose, left mouth corner, right mouth corner
   * @return the landmarks
   * @throws IllegalArgumentException if there are not ten numbers
   */
  public static Landmarks of(float... xy) {
    if (xy.length != 10) {
      throw new IllegalArgumentException(
          "five landmarks need ten numbers (x and y each), got " + xy.length);
    }
    return new Landmarks(
        new Point(xy[0], xy[1]),
        new Point(xy[2], xy[3]),
        new Point(xy[4], xy[5]),
        new Point(xy[6], xy[7]),
        new Point(xy[8], xy[9]));
  }

  /** {@return the five points: left eye, right eye, nose, left mouth corner, right mouth corner} */
  public List<Point> points() {
    return List.of(leftEye, rightEye, nose, leftMouth, rightMouth);
  }

  /** {@return the distance between the eyes in pixels} */
  public float eyeDistance() {
    return (float) Math.hypot(rightEye.x() - leftEye.x(), rightEye.y() - leftEye.y());
  }

  /**
   * {@return the mean distance of another face's five points from these, in distances of these
   * eyes}
   *
   * @param found the other face's landmarks
   */
  public double errorOf(Landmarks found) {
    double sum = 0;
    for (int i = 0; i < points().size(); i++) {
      Point a = points().get(i);
      Point b = found.points().get(i);
      sum += Math.hypot((double) a.x() - b.x(), (double) a.y() - b.y());
    }
    return sum / points().size() / eyeDistance();
  }
}
