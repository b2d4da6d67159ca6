package io.facepipeline.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.AlignmentException;
import io.facepipeline.CropSpec;
import io.facepipeline.Landmarks;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The maps from landmarks to templates against a plain solution of the same least-squares problems:
 * Gaussian elimination of their normal equations, which knows nothing of centers or rotations.
 */
class LandmarkFitTest {
  private static final CropSpec.Rule.Template TEMPLATE =
      (CropSpec.Rule.Template) CropSpec.arcFace(112).rule();
  private static final double[][] TO = points(TEMPLATE.template());

  /** Of the coefficients' size; landmarks are floats. */
  private static final double EXACT = 1e-9;

  private static final double FLOATS = 1e-4;

  /** Faces as detectors see them: turned, of several sizes, landmarks displaced. */
  private static List<Landmarks> faces() {
    Random random = new Random(5);
    List<Landmarks> faces = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      double angle = random.nextDouble() * 2 - 1;
      double scale = 0.2 + 5 * random.nextDouble();
      AffineMatrix toPhoto =
          new AffineMatrix(
              scale * Math.cos(angle),
              -scale * Math.sin(angle),
              2000 * random.nextDouble(),
              scale * Math.sin(angle),
              scale * Math.cos(angle),
              2000 * random.nextDouble());
      faces.add(mapped(toPhoto, 4 * scale, random));
    }
    return faces;
  }

  /** The template's points in a photo, displaced by so many pixels on average. */
  private static Landmarks mapped(AffineMatrix toPhoto, double noise, Random random) {
    float[] xy = new float[10];
    for (int i = 0; i < 5; i++) {
      xy[2 * i] = (float) (toPhoto.mapX(TO[i][0], TO[i][1]) + noise * random.nextGaussian());
      xy[2 * i + 1] = (float) (toPhoto.mapY(TO[i][0], TO[i][1]) + noise * random.nextGaussian());
    }
    return Landmarks.of(xy);
  }

  private static AffineMatrix fit(Landmarks face, CropSpec.Rule.Fit fit) {
    return LandmarkFit.toTemplate(face, new CropSpec.Rule.Template(TEMPLATE.template(), fit));
  }

  @Test
  void similarityIsTheInverseOfTheFitInThePhoto() {
    for (Landmarks face : faces()) {
      double[][] photo = points(face);
      // u = a x - b y + s, v = b x + a y + t
      double[][] equations = new double[10][];
      double[] values = new double[10];
      for (int i = 0; i < 5; i++) {
        double x = TO[i][0];
        double y = TO[i][1];
        equations[2 * i] = new double[] {x, -y, 1, 0};
        equations[2 * i + 1] = new double[] {y, x, 0, 1};
        values[2 * i] = photo[i][0];
        values[2 * i + 1] = photo[i][1];
      }
      double[] p = leastSquares(equations, values);
      AffineMatrix toPhoto = new AffineMatrix(p[0], -p[1], p[2], p[1], p[0], p[3]);
      AffineMatrix toCrop = fit(face, CropSpec.Rule.Fit.SIMILARITY);
      for (double[] point : List.of(new double[] {0, 0}, new double[] {112, 0}, TO[2])) {
        double u = toPhoto.mapX(point[0], point[1]);
        double v = toPhoto.mapY(point[0], point[1]);
        assertEquals(point[0], toCrop.mapX(u, v), 1e-6);
        assertEquals(point[1], toCrop.mapY(u, v), 1e-6);
      }
      assertEquals(toCrop.a(), toCrop.d(), EXACT);
      assertEquals(toCrop.b(), -toCrop.c(), EXACT);
    }
  }

  /** The forward fit, of the photo to the template, has another scale where points are noisy. */
  @Test
  void similarityIsNotTheForwardFit() {
    double largest = 0;
    for (Landmarks face : faces()) {
      double[][] photo = points(face);
      double[][] equations = new double[10][];
      double[] values = new double[10];
      for (int i = 0; i < 5; i++) {
        equations[2 * i] = new double[] {photo[i][0], photo[i][1], 1, 0};
        equations[2 * i + 1] = new double[] {photo[i][1], -photo[i][0], 0, 1};
        values[2 * i] = TO[i][0];
        values[2 * i + 1] = TO[i][1];
      }
      double[] p = leastSquares(equations, values);
      AffineMatrix toCrop = fit(face, CropSpec.Rule.Fit.SIMILARITY);
      double ratio = Math.hypot(toCrop.a(), toCrop.b()) / Math.hypot(p[0], p[1]);
      assertTrue(ratio > 1, "the inverse fit never has the smaller scale, got " + ratio);
      largest = Math.max(largest, ratio);
    }
    assertTrue(largest > 1.02, "the largest ratio is " + largest);
  }

  @Test
  void aFaceThatIsTheTemplateMovedIsMappedBackExactly() {
    AffineMatrix toPhoto = new AffineMatrix(1.5, -0.5, 300, 0.5, 1.5, 200);
    Landmarks face = mapped(toPhoto, 0, new Random(1));
    for (CropSpec.Rule.Fit fit : CropSpec.Rule.Fit.values()) {
      assertMapsTo(TO, fit(face, fit), face, fit.toString());
    }
    // 1 / (1.5 + 0.5 i) = 0.6 - 0.2 i
    AffineMatrix toCrop = fit(face, CropSpec.Rule.Fit.SIMILARITY);
    assertEquals(0.6, toCrop.a(), 1e-6);
    assertEquals(0.2, toCrop.b(), 1e-6);
    assertEquals(-220, toCrop.tx(), 1e-3);
    assertEquals(-60, toCrop.ty(), 1e-3);
  }

  @Test
  void aMirroredFaceIsMirroredBack() {
    Landmarks face = mapped(new AffineMatrix(-2, 0.25, 500, 0.25, 2, 100), 0, new Random(1));
    AffineMatrix toCrop = fit(face, CropSpec.Rule.Fit.SIMILARITY);
    assertMapsTo(TO, toCrop, face, "mirrored");
    assertTrue(toCrop.a() * toCrop.d() - toCrop.b() * toCrop.c() < 0, toCrop.toString());
  }

  @Test
  void threePointsAreMappedExactly() {
    for (Landmarks face : faces()) {
      AffineMatrix toCrop = fit(face, CropSpec.Rule.Fit.AFFINE_3_POINT);
      double[][] photo = points(face);
      for (int i = 0; i < 3; i++) {
        assertEquals(TO[i][0], toCrop.mapX(photo[i][0], photo[i][1]), FLOATS);
        assertEquals(TO[i][1], toCrop.mapY(photo[i][0], photo[i][1]), FLOATS);
      }
    }
  }

  @Test
  void fivePointsAreMappedByLeastSquares() {
    for (Landmarks face : faces()) {
      double[][] photo = points(face);
      double[][] equations = new double[5][];
      for (int i = 0; i < 5; i++) {
        equations[i] = new double[] {photo[i][0], photo[i][1], 1};
      }
      double[] x = leastSquares(equations, column(TO, 0));
      double[] y = leastSquares(equations, column(TO, 1));
      AffineMatrix expected = new AffineMatrix(x[0], x[1], x[2], y[0], y[1], y[2]);
      AffineMatrix toCrop = fit(face, CropSpec.Rule.Fit.AFFINE_LEAST_SQUARES);
      for (double[] p : photo) {
        assertEquals(expected.mapX(p[0], p[1]), toCrop.mapX(p[0], p[1]), FLOATS);
        assertEquals(expected.mapY(p[0], p[1]), toCrop.mapY(p[0], p[1]), FLOATS);
      }
    }
  }

  @Test
  void eyesAreLevelAndTheMouthIsBelowThem() {
    CropSpec.Rule.EyesAndMouth rule = new CropSpec.Rule.EyesAndMouth(40, 48);
    for (Landmarks face : faces()) {
      AffineMatrix m = LandmarkFit.eyesAndMouth(face, rule, 128);
      double[][] p = points(face);
      assertEquals(m.mapY(p[0][0], p[0][1]), m.mapY(p[1][0], p[1][1]), FLOATS);
      double eyeX = (p[0][0] + p[1][0]) / 2;
      double eyeY = (p[0][1] + p[1][1]) / 2;
      assertEquals(64, m.mapX(eyeX, eyeY), FLOATS);
      assertEquals(40, m.mapY(eyeX, eyeY), FLOATS);
      double mouthX = (p[3][0] + p[4][0]) / 2;
      double mouthY = (p[3][1] + p[4][1]) / 2;
      assertEquals(88, m.mapY(mouthX, mouthY), FLOATS);
      assertEquals(m.a(), m.d(), EXACT);
      assertEquals(m.b(), -m.c(), EXACT);
    }
  }

  @Test
  void pointsThatCoincideAreRefused() {
    Landmarks point = Landmarks.of(5, 5, 5, 5, 5, 5, 5, 5, 5, 5);
    for (CropSpec.Rule.Fit fit : CropSpec.Rule.Fit.values()) {
      assertThrows(AlignmentException.class, () -> fit(point, fit), fit.toString());
    }
  }

  private static void assertMapsTo(double[][] to, AffineMatrix m, Landmarks face, String message) {
    double[][] photo = points(face);
    for (int i = 0; i < 5; i++) {
      assertEquals(to[i][0], m.mapX(photo[i][0], photo[i][1]), FLOATS, message);
      assertEquals(to[i][1], m.mapY(photo[i][0], photo[i][1]), FLOATS, message);
    }
  }

  private static double[][] points(Landmarks landmarks) {
    return landmarks.points().stream()
        .map(p -> new double[] {p.x(), p.y()})
        .toArray(double[][]::new);
  }

  private static double[] column(double[][] rows, int index) {
    double[] column = new double[rows.length];
    for (int i = 0; i < column.length; i++) {
      column[i] = rows[i][index];
    }
    return column;
  }

  /** Solves an overdetermined system by its normal equations, with pivoting. */
  private static double[] leastSquares(double[][] equations, double[] values) {
    int n = equations[0].length;
    double[][] m = new double[n][n + 1];
    for (int e = 0; e < equations.length; e++) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          m[i][j] += equations[e][i] * equations[e][j];
        }
        m[i][n] += equations[e][i] * values[e];
      }
    }
    for (int i = 0; i < n; i++) {
      int pivot = i;
      for (int r = i + 1; r < n; r++) {
        pivot = Math.abs(m[r][i]) > Math.abs(m[pivot][i]) ? r : pivot;
      }
      double[] swapped = m[i];
      m[i] = m[pivot];
      m[pivot] = swapped;
      for (int r = 0; r < n; r++) {
        double factor = r == i ? 0 : m[r][i] / m[i][i];
        for (int j = i; j <= n; j++) {
          m[r][j] -= factor * m[i][j];
        }
      }
    }
    double[] solution = new double[n];
    for (int i = 0; i < n; i++) {
      solution[i] = m[i][n] / m[i][i];
    }
    return solution;
  }
}
