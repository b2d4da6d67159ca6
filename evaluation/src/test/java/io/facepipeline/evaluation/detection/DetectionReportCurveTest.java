package io.facepipeline.evaluation.detection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Landmarks;
import io.facepipeline.evaluation.detection.AnnotatedFace.FaceRegion;
import io.facepipeline.evaluation.internal.OneToOneMatching;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class DetectionReportCurveTest {
  private static final double EXACT = 1e-9;

  @Test
  void matchingHasTheLargestSumNotTheLargestFirst() {
    // Greedy would take 0.9 and leave 0: 0.9 instead of 0.8 + 0.7.
    assertArrayEquals(new int[] {1, 0}, OneToOneMatching.of(new double[][] {{0.9, 0.8}, {0.7, 0}}));
    assertArrayEquals(new int[] {-1}, OneToOneMatching.of(new double[][] {{0, 0}}));
    assertArrayEquals(new int[] {-1, 0}, OneToOneMatching.of(new double[][] {{0.2}, {0.3}}));
    assertArrayEquals(new int[] {}, OneToOneMatching.of(new double[][] {}));
    assertArrayEquals(new int[] {-1, -1}, OneToOneMatching.of(new double[][] {{}, {}}));
  }

  @Test
  void matchingEqualsTryingEverything() {
    Random random = new Random(2);
    for (int round = 0; round < 300; round++) {
      double[][] values = new double[1 + random.nextInt(5)][1 + random.nextInt(5)];
      for (double[] row : values) {
        for (int i = 0; i < row.length; i++) {
          // Coarse values and zeros, so that ties and gaps occur.
          row[i] = Math.max(0, random.nextInt(8) - 2) / 5.0;
        }
      }
      int[] matched = OneToOneMatching.of(values);
      double sum = 0;
      boolean[] used = new boolean[values[0].length];
      for (int row = 0; row < matched.length; row++) {
        if (matched[row] >= 0) {
          assertFalse(used[matched[row]]);
          used[matched[row]] = true;
          sum += values[row][matched[row]];
        }
      }
      assertEquals(best(values, 0, new boolean[values[0].length]), sum, EXACT);
    }
  }

  @Test
  void curveOfAHandComputedCase() {
    // Photo 1: a face found well (0.9), and a false one (0.6). Photo 2: a face found poorly (0.8,
    // overlap 0.4), another not at all; a false one at 0.6 too.
    DetectionReport.Curve curve =
        DetectionReport.Curve.of(
            List.of(
                new PhotoOverlaps(new double[] {0.9, 0.6}, new double[][] {{0.7, 0}}),
                new PhotoOverlaps(new double[] {0.8, 0.6}, new double[][] {{0.4, 0}, {0, 0.0}})));

    assertEquals(3, curve.faces());
    assertPoint(0, 0, 0, curve.points().get(0));
    assertPoint(1, 0, 0.7, curve.points().get(1));
    assertPoint(1, 1, 1.1, curve.points().get(2));
    // Both detections of 0.6 come in at once.
    assertPoint(1, 3, 1.1, curve.points().get(3));
    assertEquals(4, curve.points().size());
    assertEquals(1 / 3.0, curve.recall(), EXACT);
    assertEquals(1 / 4.0, curve.precision(), EXACT);
    assertEquals(1 / 3.0, curve.averagePrecision(), EXACT);
  }

  @Test
  void aCurveThatEndsEarlySaysSo() {
    DetectionReport.Curve curve =
        DetectionReport.Curve.of(
            List.of(
                new PhotoOverlaps(
                    new double[] {0.9, 0.8, 0.7}, new double[][] {{0.7, 0, 0}, {0, 0, 0.9}})));

    DetectionReport.Curve.Reading reading = curve.at(100);
    assertEquals(new DetectionReport.Curve.Reading(100, 1, 0.8, 1, true), reading);
    assertFalse(curve.at(1).endsBefore());
    assertEquals(0.5, curve.at(0).recall());
    assertEquals(0.35, curve.at(0).continuousRecall(), EXACT);
    assertEquals(1, curve.end().falsePositives());
  }

  @Test
  void exactlyHalfIsNoMatch() {
    DetectionReport.Curve curve =
        DetectionReport.Curve.of(
            List.of(new PhotoOverlaps(new double[] {1}, new double[][] {{0.5}})));

    assertEquals(0, curve.end().truePositives());
    assertEquals(0.5, curve.end().overlap());
  }

  @Test
  void matchingIsDoneAnewAtEachThreshold() {
    // Alone, the first detection takes face 0; the second pushes it to face 1, both still true.
    DetectionReport.Curve curve =
        DetectionReport.Curve.of(
            List.of(
                new PhotoOverlaps(
                    new double[] {0.9, 0.8}, new double[][] {{0.8, 0.75}, {0.6, 0}})));

    assertPoint(1, 0, 0.8, curve.points().get(1));
    assertPoint(2, 0, 1.35, curve.points().get(2));
  }

  @Test
  void averagePrecisionIsTheAreaUnderTheFallingEnvelope() {
    // True, false, true of two faces: precisions 1, 1/2, 2/3 at recalls 1/2, 1/2, 1.
    DetectionReport.Curve curve =
        DetectionReport.Curve.of(
            List.of(
                new PhotoOverlaps(
                    new double[] {0.9, 0.8, 0.7}, new double[][] {{0.9, 0, 0}, {0, 0, 0.9}})));

    assertEquals(0.5 * 1 + 0.5 * 2 / 3, curve.averagePrecision(), EXACT);
  }

  @Test
  void nothingFoundAndNothingToFind() {
    DetectionReport.Curve nothingFound =
        DetectionReport.Curve.of(List.of(new PhotoOverlaps(new double[0], new double[][] {{}})));
    assertEquals(0, nothingFound.recall());
    assertEquals(0, nothingFound.averagePrecision());
    assertTrue(Double.isNaN(nothingFound.precision()));
    assertTrue(nothingFound.at(1).endsBefore());

    DetectionReport.Curve nothingThere =
        DetectionReport.Curve.of(List.of(new PhotoOverlaps(new double[] {0.9}, new double[][] {})));
    assertTrue(Double.isNaN(nothingThere.recall()));
    assertTrue(Double.isNaN(nothingThere.averagePrecision()));
    assertEquals(1, nothingThere.end().falsePositives());
  }

  @Test
  void landmarkErrorsAreInEyeDistances() {
    Landmarks truth = Landmarks.of(10, 10, 30, 10, 20, 20, 12, 30, 28, 30);
    // Four points 2 pixels off and the nose 14, the eyes 20 pixels apart.
    Landmarks found = Landmarks.of(12, 10, 32, 10, 20, 34, 12, 28, 28, 32);
    Box box = new Box(0, 0, 40, 40);
    DetectionReport report =
        DetectionReport.of(
            List.of(
                new DetectionReport.Photo(
                    List.of(
                        new AnnotatedFace(new FaceRegion.Rectangle(box), truth),
                        new AnnotatedFace(
                            new FaceRegion.Rectangle(new Box(100, 100, 140, 140)), truth)),
                    List.of(new Face(box, found, 0.9f)))));

    assertEquals(1, report.landmarkErrors().size());
    assertEquals((2 + 2 + 14 + 2 + 2) / 5.0 / 20, report.meanLandmarkError(), 1e-6);
    assertEquals(1, report.landmarkFailureRate());
    assertEquals(0.5, report.boxes().recall());
    Map<String, ?> values = report.values();
    assertEquals(1, values.get("images"));
    assertEquals(2L, values.get("faces"));
    assertEquals(0.5, ((Map<?, ?>) values.get("recallAtFalsePositives")).get("100"));
    assertEquals(List.of("10", "50", "100", "500", "1000"), values.get("curveEndsBefore"));
    assertTrue(report.table().toText().contains("the curve ends at 0 false positives"));
  }

  private static double best(double[][] values, int row, boolean[] used) {
    if (row == values.length) {
      return 0;
    }
    List<Double> sums = new ArrayList<>();
    sums.add(best(values, row + 1, used));
    for (int column = 0; column < used.length; column++) {
      if (!used[column]) {
        used[column] = true;
        sums.add(values[row][column] + best(values, row + 1, used));
        used[column] = false;
      }
    }
    return sums.stream().mapToDouble(s -> s).max().orElseThrow();
  }

  private static void assertPoint(
      long truePositives, long falsePositives, double overlap, DetectionReport.Curve.Point point) {
    assertEquals(truePositives, point.truePositives(), point.toString());
    assertEquals(falsePositives, point.falsePositives(), point.toString());
    assertEquals(overlap, point.overlap(), EXACT, point.toString());
  }
}
