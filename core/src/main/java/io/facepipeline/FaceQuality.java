package io.facepipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How well a face in a photo can be recognized, from pixels and landmarks alone. When a photo is
 * blurred, shrunk or darkened, no part and not the score gets better. Immutable.
 *
 * <p>The angles are estimates from five points for an average head: the tip of the nose is half an
 * eye distance in front of the plane of eyes and mouth, and half-way between them.
 *
 * @param score the product of the parts, 0 to 1; only comparisons of scores are meaningful
 * @param eyeDistance in pixels
 * @param detail the contrast of the finest structures: the root mean square of the luminance
 *     gradient, in levels per eye distance; a sharp face in a small photo has less than a sharp one
 *     in a large photo
 * @param brightness the mean luminance of the face, 0 to 255
 * @param clipped the share of overexposed pixels of the face, 0 to 1
 * @param yaw how far the face is turned to the right of the image, in degrees
 * @param pitch how far it is lowered, in degrees
 * @param roll how far it leans clockwise, in degrees; alignment undoes this
 */
public record FaceQuality(
    double score,
    double eyeDistance,
    double detail,
    double brightness,
    double clipped,
    double yaw,
    double pitch,
    double roll) {

  /**
   * Below this a face is enlarged a lot for any backbone, whose crops have eyes 35 pixels apart.
   */
  private static final double LEAST_EYE_DISTANCE = 20;

  private static final double LEAST_DETAIL = 200;
  private static final double LEAST_BRIGHTNESS = 50;
  private static final double MOST_CLIPPED = 0.15;
  private static final double MOST_YAW = 35;
  private static final double MOST_PITCH = 30;

  /** Where each part has half of its weight. */
  private static final double HALF_EYE_DISTANCE = 15;

  private static final double HALF_DETAIL = 400;
  private static final double HALF_BRIGHTNESS = 80;

  /** Up to here an angle costs nothing: five points do not tell it well enough. */
  private static final double FREE_ANGLE = 25;

  private static final double HALF_ANGLE = 20;

  /** No picture is as large; sums of larger numbers could leave the range of floats. */
  private static final float FARTHEST = 1e9f;

  private static final double NOSE_DEPTH = 0.5;
  private static final double NOSE_HEIGHT = 0.5;

  /** How far the area that is judged reaches from the middle of the eyes, in eye distances. */
  private static final double REACH_ASIDE = 0.9;

  private static final double REACH_UP = 0.5;
  private static final double REACH_DOWN = 1.5;

  /**
   * {@return the quality of the part of a face inside the image; 0 if no part is}
   *
   * @param image the photo
   * @param face a face in it
   */
  public static FaceQuality of(Image image, Face face) {
    Landmarks points = face.landmarks();
    double distance = Math.max(1e-3, points.eyeDistance());
    if (!measurable(points)) {
      return new FaceQuality(0, 0, 0, 0, 0, 0, 0, 0);
    }
    Pose pose = Pose.of(points, distance);
    Measured measured = Measured.of(image, points, distance);
    double detail = measured.slope() * distance;
    double turned = Math.max(0, Math.hypot(pose.yaw(), pose.pitch()) - FREE_ANGLE) / HALF_ANGLE;
    double score =
        part(distance, HALF_EYE_DISTANCE)
            * part(detail, HALF_DETAIL)
            * part(measured.brightness(), HALF_BRIGHTNESS)
            * (1 - measured.clipped())
            / (1 + turned * turned);
    return new FaceQuality(
        score,
        distance,
        detail,
        measured.brightness(),
        measured.clipped(),
        pose.yaw(),
        pose.pitch(),
        pose.roll());
  }

  private static boolean measurable(Landmarks points) {
    return points.points().stream()
        .allMatch(p -> Math.abs(p.x()) <= FARTHEST && Math.abs(p.y()) <= FARTHEST);
  }

  /** Grows without end towards 1, so that more is always better. */
  private static double part(double value, double half) {
    return value / (value + half);
  }

  /**
   * {@return reasons against enrolling the face, such as "eyes 14 px apart: hard to recognize";
   * empty if there are none}
   */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (eyeDistance < LEAST_EYE_DISTANCE) {
      warnings.add(text("eyes %.0f px apart: hard to recognize", eyeDistance));
    } else if (detail < LEAST_DETAIL) {
      warnings.add(text("detail %.0f: too blurred to enroll", detail));
    }
    if (brightness < LEAST_BRIGHTNESS) {
      warnings.add(text("brightness %.0f of 255: too dark to enroll", brightness));
    }
    if (clipped > MOST_CLIPPED) {
      warnings.add(text("%.0f %% of the face overexposed: too bright to enroll", 100 * clipped));
    }
    if (Math.abs(yaw) > MOST_YAW) {
      warnings.add(
          text("turned %.0f degrees sideways: not frontal enough to enroll", Math.abs(yaw)));
    }
    if (Math.abs(pitch) > MOST_PITCH) {
      warnings.add(
          text(
              "%s by %.0f degrees: not frontal enough to enroll",
              pitch > 0 ? "lowered" : "raised", Math.abs(pitch)));
    }
    return warnings;
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** Where a face looks, in degrees. */
  private record Pose(double yaw, double pitch, double roll) {
    static Pose of(Landmarks points, double distance) {
      double cos = (points.rightEye().x() - points.leftEye().x()) / distance;
      double sin = (points.rightEye().y() - points.leftEye().y()) / distance;
      Point eyes = middle(points.leftEye(), points.rightEye());
      Point mouth = middle(points.leftMouth(), points.rightMouth());
      Point centre = middle(eyes, mouth);
      // Seen with level eyes.
      double aside =
          cos * (points.nose().x() - centre.x()) + sin * (points.nose().y() - centre.y());
      double below = cos * (points.nose().y() - eyes.y()) - sin * (points.nose().x() - eyes.x());
      double height = cos * (mouth.y() - eyes.y()) - sin * (mouth.x() - eyes.x());
      return new Pose(
          Math.toDegrees(Math.atan2(aside, NOSE_DEPTH * distance)),
          Math.toDegrees(Math.atan2(below - NOSE_HEIGHT * height, NOSE_DEPTH * distance)),
          Math.toDegrees(Math.atan2(sin, cos)));
    }

    private static Point middle(Point a, Point b) {
      return new Point((a.x() + b.x()) / 2, (a.y() + b.y()) / 2);
    }
  }

  /** What the pixels around eyes, nose and mouth tell. */
  private record Measured(double slope, double brightness, double clipped) {
    static Measured of(Image image, Landmarks points, double distance) {
      double x = (points.leftEye().x() + points.rightEye().x()) / 2.0;
      double y = (points.leftEye().y() + points.rightEye().y()) / 2.0;
      int left = within(x - REACH_ASIDE * distance, image.width());
      int right = within(x + REACH_ASIDE * distance, image.width());
      int top = within(y - REACH_UP * distance, image.height());
      int bottom = within(y + REACH_DOWN * distance, image.height());
      if (left >= right || top >= bottom) {
        return new Measured(0, 0, 0);
      }
      int width = right - left + 1;
      double[] above = new double[width];
      double[] row = new double[width];
      byte[] rgb = new byte[3 * image.width()];
      int[] histogram = new int[256];
      double slopes = 0;
      double sum = 0;
      for (int r = top; r <= bottom; r++) {
        image.copyRow(r, rgb, 0);
        for (int c = 0; c < width; c++) {
          int at = 3 * (left + c);
          row[c] =
              0.299 * (rgb[at] & 0xFF)
                  + 0.587 * (rgb[at + 1] & 0xFF)
                  + 0.114 * (rgb[at + 2] & 0xFF);
          sum += row[c];
          histogram[(int) Math.round(row[c])]++;
          if (r > top && c > 0) {
            double across = row[c] - row[c - 1];
            double down = row[c] - above[c];
            slopes += across * across + down * down;
          }
        }
        double[] spare = above;
        above = row;
        row = spare;
      }
      int pixels = width * (bottom - top + 1);
      int steps = (width - 1) * (bottom - top);
      return new Measured(Math.sqrt(slopes / steps), sum / pixels, clipped(histogram, pixels));
    }

    /** The brightest and the next level: a copy that was darkened is as flat at its brightest. */
    private static double clipped(int[] histogram, int pixels) {
      int brightest = 255;
      while (histogram[brightest] == 0) {
        brightest--;
      }
      int flat = histogram[brightest] + (brightest > 0 ? histogram[brightest - 1] : 0);
      return (double) flat / pixels;
    }

    private static int within(double value, int size) {
      return (int) Math.max(0, Math.min(size - 1, Math.round(value)));
    }
  }
}
