package io.facepipeline.classify.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LogisticCurveTest {
  @Test
  void findsTheCurveThatScoresWereDrawnFrom() {
    Random random = new Random(1);
    double[] scores = random.doubles(200_000, -3, 3).toArray();
    LogisticCurve truth = new LogisticCurve(2.5, -0.7);
    boolean[] genuine = new boolean[scores.length];
    int count = 0;
    for (int i = 0; i < scores.length; i++) {
      genuine[i] = random.nextDouble() < truth.probability(scores[i]);
      count += genuine[i] ? 1 : 0;
    }
    double[] yes = new double[count];
    double[] no = new double[scores.length - count];
    int y = 0;
    int n = 0;
    for (int i = 0; i < scores.length; i++) {
      if (genuine[i]) {
        yes[y++] = scores[i];
      } else {
        no[n++] = scores[i];
      }
    }
    LogisticCurve fitted = LogisticCurve.fit(yes, no);
    assertEquals(2.5, fitted.slope(), 0.05);
    assertEquals(-0.7, fitted.intercept(), 0.05);
  }

  @Test
  void twoScoresApartAreGivenTheSmoothedTargets() {
    // With one score of each kind the curve passes through both: 2/3 and 1/3.
    LogisticCurve curve = LogisticCurve.fit(new double[] {1}, new double[] {-1});
    assertEquals(2.0 / 3, curve.probability(1), 1e-4);
    assertEquals(1.0 / 3, curve.probability(-1), 1e-4);
    // And with many at the same two places, (n + 1) / (n + 2).
    double[] high = new double[98];
    double[] low = new double[48];
    Arrays.fill(high, 5);
    Arrays.fill(low, 3);
    LogisticCurve apart = LogisticCurve.fit(high, low);
    assertEquals(0.99, apart.probability(5), 1e-4);
    assertEquals(0.02, apart.probability(3), 1e-4);
  }

  @Test
  void extremeScoresNeitherOverflowNorStopTheFit() {
    LogisticCurve curve =
        LogisticCurve.fit(new double[] {1e6, 2e6, 1.5e6}, new double[] {-1e6, -3e6, 0});
    assertTrue(curve.slope() > 0);
    assertEquals(1, curve.probability(1e300), 0);
    assertEquals(0, curve.probability(-1e300), 0);
    assertTrue(curve.probability(1.5e6) > 0.7);
  }

  @Test
  void equalKindsGiveAFlatCurve() {
    LogisticCurve curve = LogisticCurve.fit(new double[] {1, 2, 3}, new double[] {1, 2, 3});
    assertEquals(0.5, curve.probability(2), 1e-6);
    assertEquals(0, curve.slope(), 1e-6);
  }

  @Test
  void refusesWhatItCannotFit() {
    assertThrows(
        IllegalArgumentException.class, () -> LogisticCurve.fit(new double[0], new double[] {1}));
    assertThrows(
        IllegalArgumentException.class, () -> LogisticCurve.fit(new double[] {1}, new double[0]));
    assertThrows(
        IllegalArgumentException.class,
        () -> LogisticCurve.fit(new double[] {Double.NaN}, new double[] {1}));
    assertThrows(
        IllegalArgumentException.class, () -> new LogisticCurve(Double.POSITIVE_INFINITY, 0));
  }
}
