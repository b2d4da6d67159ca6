package io.facepipeline.align;

import io.facepipeline.AlignmentException;
import io.facepipeline.CropSpec;
import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import java.util.function.DoubleUnaryOperator;

/** Finds the map from a face's landmarks to the positions of a crop rule. */
public final class LandmarkFit {
  private LandmarkFit() {}

  /** The map from the photo to the crop. */
  public static AffineMatrix toTemplate(Landmarks face, CropSpec.Rule.Template rule) {
    double[][] from = array(face);
    double[][] to = array(rule.template());
    AffineMatrix matrix =
        switch (rule.fit()) {
          case SIMILARITY -> similarity(from, to);
          case AFFINE_3_POINT -> affine(from, to, 3);
          case AFFINE_LEAST_SQUARES -> affine(from, to, 5);
        };
    return usable(matrix, face);
  }

  /** The map from the photo to the crop for LightCNN's rule. */
  public static AffineMatrix eyesAndMouth(
      Landmarks face, CropSpec.Rule.EyesAndMouth rule, int width) {
    double[][] p = array(face);
    double eyeX = (p[0][0] + p[1][0]) / 2;
    double eyeY = (p[0][1] + p[1][1]) / 2;
    double mouthX = (p[3][0] + p[4][0]) / 2;
    double mouthY = (p[3][1] + p[4][1]) / 2;
    double angle = Math.atan2(p[1][1] - p[0][1], p[1][0] - p[0][0]);
    double cos = Math.cos(angle);
    double sin = Math.sin(angle);
    double drop = -sin * (mouthX - eyeX) + cos * (mouthY - eyeY);
    double scale = rule.eyeToMouth() / drop;
    double a = scale * cos;
    double b = scale * sin;
    double tx = width / 2.0 - (a * eyeX + b * eyeY);
    double ty = rule.eyeRow() - (-b * eyeX + a * eyeY);
    if (!(drop > 0)) {
      throw degenerate(face);
    }
    return usable(new AffineMatrix(a, b, tx, -b, a, ty), face);
  }

  /**
   * face.evoLVe's similarity: the map from the template to the photo is fitted by least squares,
   * once as it is and once with the template mirrored; the inverse that lands nearer to the
   * template wins.
   */
  private static AffineMatrix similarity(double[][] photo, double[][] template) {
    AffineMatrix straight = inverseFit(photo, template, x -> x);
    AffineMatrix r = inverseFit(photo, template, x -> -x);
    AffineMatrix mirrored = new AffineMatrix(-r.a(), -r.b(), -r.tx(), r.c(), r.d(), r.ty());
    return squaredError(straight, photo, template) <= squaredError(mirrored, photo, template)
        ? straight
        : mirrored;
  }

  /** The inverse of the rotation, scale and shift that carries the template to the photo best. */
  private static AffineMatrix inverseFit(
      double[][] photo, double[][] template, DoubleUnaryOperator side) {
    int n = photo.length;
    double mx = 0;
    double my = 0;
    double mu = 0;
    double mv = 0;
    for (int i = 0; i < n; i++) {
      mx += side.applyAsDouble(template[i][0]) / n;
      my += template[i][1] / n;
      mu += photo[i][0] / n;
      mv += photo[i][1] / n;
    }
    double dot = 0;
    double cross = 0;
    double norm = 0;
    for (int i = 0; i < n; i++) {
      double x = side.applyAsDouble(template[i][0]) - mx;
      double y = template[i][1] - my;
      double u = photo[i][0] - mu;
      double v = photo[i][1] - mv;
      dot += x * u + y * v;
      cross += x * v - y * u;
      norm += x * x + y * y;
    }
    double a = dot / norm;
    double b = cross / norm;
    return new AffineMatrix(a, -b, mu - (a * mx - b * my), b, a, mv - (b * mx + a * my)).inverse();
  }

  private static double squaredError(AffineMatrix m, double[][] photo, double[][] template) {
    double sum = 0;
    for (int i = 0; i < photo.length; i++) {
      double dx = m.mapX(photo[i][0], photo[i][1]) - template[i][0];
      double dy = m.mapY(photo[i][0], photo[i][1]) - template[i][1];
      sum += dx * dx + dy * dy;
    }
    return sum;
  }

  /**
   * The least-squares affine map of the first n points, by the normal equations of the centered
   * points.
   */
  private static AffineMatrix affine(double[][] from, double[][] to, int n) {
    double mx = 0;
    double my = 0;
    double mu = 0;
    double mv = 0;
    for (int i = 0; i < n; i++) {
      mx += from[i][0] / n;
      my += from[i][1] / n;
      mu += to[i][0] / n;
      mv += to[i][1] / n;
    }
    double xx = 0;
    double xy = 0;
    double yy = 0;
    double xu = 0;
    double yu = 0;
    double xv = 0;
    double yv = 0;
    for (int i = 0; i < n; i++) {
      double x = from[i][0] - mx;
      double y = from[i][1] - my;
      double u = to[i][0] - mu;
      double v = to[i][1] - mv;
      xx += x * x;
      xy += x * y;
      yy += y * y;
      xu += x * u;
      yu += y * u;
      xv += x * v;
      yv += y * v;
    }
    double det = xx * yy - xy * xy;
    double a = (xu * yy - yu * xy) / det;
    double b = (yu * xx - xu * xy) / det;
    double c = (xv * yy - yv * xy) / det;
    double d = (yv * xx - xv * xy) / det;
    return new AffineMatrix(a, b, mu - (a * mx + b * my), c, d, mv - (c * mx + d * my));
  }

  private static AffineMatrix usable(AffineMatrix matrix, Landmarks face) {
    if (!matrix.isUsable()) {
      throw degenerate(face);
    }
    return matrix;
  }

  private static AlignmentException degenerate(Landmarks face) {
    return new AlignmentException(
        "the landmarks coincide or lie on a line, so the face cannot be aligned: "
            + face.points()
            + "; check the detection, or align by the box with CropSpec.margin");
  }

  /** The points as doubles, {@code [5][2]}: what the fits compute with. */
  private static double[][] array(Landmarks landmarks) {
    double[][] xy = new double[5][];
    for (int i = 0; i < 5; i++) {
      Point p = landmarks.points().get(i);
      xy[i] = new double[] {p.x(), p.y()};
    }
    return xy;
  }
}
