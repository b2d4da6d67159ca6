package io.facepipeline.evaluation.conditions;

import io.facepipeline.Image;
import io.facepipeline.internal.Resampling;

/** Covers parts of a face in a photo, and turns it. */
final class FacePaint {
  private static final int CHANNELS = 3;

  /** Half a head's width in distances between the eyes. */
  private static final double RADIUS = 1.2;

  /** What of a face is painted on the cylinder: from the hair to below the chin. */
  private static final double HIGHEST = -1.3;

  private static final double LOWEST = 2.2;

  private FacePaint() {}

  /** A part of a face. */
  @FunctionalInterface
  interface Part {
    /** Whether a place, in the face's own coordinates, is in it. */
    boolean has(double right, double down);
  }

  static Image covered(Image photo, FaceFrame face, byte[] color, Part part) {
    byte[] rgb = photo.toRgb();
    for (int y = 0; y < photo.height(); y++) {
      for (int x = 0; x < photo.width(); x++) {
        if (part.has(face.right(x, y), face.down(x, y))) {
          System.arraycopy(color, 0, rgb, CHANNELS * (y * photo.width() + x), CHANNELS);
        }
      }
    }
    return Image.unsafeOfRgb(photo.width(), photo.height(), rgb);
  }

  /**
   * Whether a place is in a shape that is the same on both sides.
   *
   * @param edge the corners of its right half, from the top to the bottom
   */
  static boolean within(double[][] edge, double right, double down) {
    double x = Math.abs(right);
    boolean inside = false;
    for (int i = 0, j = edge.length - 1; i < edge.length; j = i++) {
      boolean crosses = edge[i][1] > down != edge[j][1] > down;
      if (crosses) {
        double share = (down - edge[i][1]) / (edge[j][1] - edge[i][1]);
        inside ^= x < edge[i][0] + share * (edge[j][0] - edge[i][0]);
      }
    }
    return inside;
  }

  /** With the eyes in another direction; the photo's edge goes on outside. */
  static Image tilted(Image photo, FaceFrame face, double angle) {
    double cos = Math.cos(angle);
    double sin = Math.sin(angle);
    return Resampling.bilinear(
        photo,
        photo.width(),
        photo.height(),
        new Resampling.Source() {
          @Override
          public double x(int x, int y) {
            return face.x() + cos * (x - face.x()) + sin * (y - face.y());
          }

          @Override
          public double y(int x, int y) {
            return face.y() - sin * (x - face.x()) + cos * (y - face.y());
          }
        });
  }

  /** Turned to the right of the photo; what was not seen before shows the face's edge. */
  static Image turned(Image photo, FaceFrame face, double angle) {
    return Resampling.bilinear(
        photo,
        photo.width(),
        photo.height(),
        new Resampling.Source() {
          @Override
          public double x(int x, int y) {
            double right = face.right(x, y);
            double down = face.down(x, y);
            return isOnCylinder(right, down) ? face.column(source(right), down) : x;
          }

          @Override
          public double y(int x, int y) {
            double right = face.right(x, y);
            double down = face.down(x, y);
            return isOnCylinder(right, down) ? face.row(source(right), down) : y;
          }

          private double source(double right) {
            double before = Math.asin(right / RADIUS) - angle;
            return RADIUS * Math.sin(Math.max(-Math.PI / 2, before));
          }
        });
  }

  private static boolean isOnCylinder(double right, double down) {
    return Math.abs(right) < RADIUS && down > HIGHEST && down < LOWEST;
  }
}
