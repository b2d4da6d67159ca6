package io.facepipeline.evaluation.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RocCurveTest {
  private static final double EXACT = 1e-12;

  @Test
  void pointsOfAHandComputedCase() {
    RocCurve curve =
        RocCurve.of(new double[] {0.9, 0.8, 0.4}, new double[] {0.7, 0.3, 0.2, 0.1, 0.0});

    assertEquals(
        List.of(
            new RocCurve.Point(Double.POSITIVE_INFINITY, 0, 0, 0.0, 0.0),
            new RocCurve.Point(0.9, 0, 1, 0.0, 1 / 3.0),
            new RocCurve.Point(0.8, 0, 2, 0.0, 2 / 3.0),
            new RocCurve.Point(0.7, 1, 2, 0.2, 2 / 3.0),
            new RocCurve.Point(0.4, 1, 3, 0.2, 1.0)),
        curve.points().subList(0, 5));
    // Of the 15 comparisons of a genuine and an impostor score, only 0.4 against 0.7 is lost.
    assertEquals(14 / 15.0, curve.areaUnderCurve(), EXACT);
    // On the vertical line at FAR 0.2, the true-accept rate passes 0.8.
    assertEquals(0.2, curve.equalErrorRate(), EXACT);
    assertEquals(2 / 3.0, curve.atFalseAcceptRate(0.1).trueAcceptRate(), EXACT);
    assertEquals(0.8, curve.atFalseAcceptRate(0.1).threshold());
    assertEquals(1, curve.atFalseAcceptRate(0.2).trueAcceptRate());
    assertEquals(0.4, curve.atFalseAcceptRate(0.2).threshold());
    assertEquals(1, curve.atFalseAcceptRate(0.2).falseAccepts());
    assertEquals(0.2, curve.atFalseAcceptRate(0.3).falseAcceptRate(), EXACT);
  }

  @Test
  void tiesComeInTogether() {
    RocCurve curve = RocCurve.of(new double[] {0.9, 0.5, 0.5}, new double[] {0.5, 0.1});

    assertEquals(4, curve.points().size());
    // 0.9 wins twice; each 0.5 wins once and ties once: (2 + 1.5 + 1.5) / 6.
    assertEquals(5 / 6.0, curve.areaUnderCurve(), EXACT);
    // The line from (0, 1/3) to (1/2, 1) meets 1 - x at 1 - x = 1/3 + 4/3 x, x = 2/7.
    assertEquals(2 / 7.0, curve.equalErrorRate(), EXACT);
    // The tie cannot be split to reach FAR 0.1.
    assertEquals(1 / 3.0, curve.atFalseAcceptRate(0.1).trueAcceptRate(), EXACT);
  }

  @Test
  void equalScoresAreAsGoodAsChance() {
    RocCurve curve = RocCurve.of(new double[] {1, 1, 1}, new double[] {1, 1});

    assertEquals(2, curve.points().size());
    assertEquals(0.5, curve.areaUnderCurve(), EXACT);
    assertEquals(0.5, curve.equalErrorRate(), EXACT);
    assertEquals(0, curve.atFalseAcceptRate(0.5).trueAcceptRate());
    assertEquals(Double.POSITIVE_INFINITY, curve.atFalseAcceptRate(0.5).threshold());
    assertEquals(1, curve.atFalseAcceptRate(1).trueAcceptRate());
  }

  @Test
  void perfectAndInvertedScores() {
    RocCurve perfect = RocCurve.of(new double[] {3, 2}, new double[] {1, 0});
    RocCurve inverted = RocCurve.of(new double[] {1, 0}, new double[] {3, 2});

    assertEquals(1, perfect.areaUnderCurve(), EXACT);
    assertEquals(0, perfect.equalErrorRate(), EXACT);
    assertEquals(0, inverted.areaUnderCurve(), EXACT);
    assertEquals(1, inverted.equalErrorRate(), EXACT);
  }

  @Test
  void aSingleClassHasNoFigures() {
    for (RocCurve curve :
        List.of(
            RocCurve.of(new double[] {0.1, 0.2}, new double[0]),
            RocCurve.of(new double[0], new double[] {0.1, 0.2}),
            RocCurve.of(new double[0], new double[0]))) {
      assertTrue(Double.isNaN(curve.areaUnderCurve()));
      assertTrue(Double.isNaN(curve.equalErrorRate()));
      assertTrue(Double.isNaN(curve.atFalseAcceptRate(0.1).trueAcceptRate()));
    }
    // A threshold needs impostors only.
    RocCurve impostors = RocCurve.of(new double[0], new double[] {0.1, 0.2, 0.3, 0.4});
    assertEquals(0.3, impostors.atFalseAcceptRate(0.5).threshold());
    assertTrue(
        Double.isNaN(
            RocCurve.of(new double[] {1}, new double[0]).atFalseAcceptRate(0).falseAcceptRate()));
  }

  @Test
  void aComparisonWithoutAScoreIsRefusedAtEveryThreshold() {
    double none = Double.NEGATIVE_INFINITY;
    RocCurve curve = RocCurve.of(new double[] {0.9, none}, new double[] {0.1, none});

    assertEquals(0.5, curve.atFalseAcceptRate(0.99).trueAcceptRate());
    assertEquals(0.1, curve.atFalseAcceptRate(0.99).threshold());
    // The missed genuine pair loses to 0.1 and ties with the other missed one.
    assertEquals((2 + 0.5) / 4, curve.areaUnderCurve(), EXACT);
  }

  @Test
  void ratesThatThePairsCannotShowAreMarked() {
    RocCurve curve = RocCurve.of(new double[] {1}, new double[1000]);

    assertTrue(curve.atFalseAcceptRate(1e-3).isMeasured());
    assertFalse(curve.atFalseAcceptRate(1e-4).isMeasured());
    assertEquals(1000, curve.atFalseAcceptRate(1e-4).impostorPairs());
  }

  @Test
  void areaIsTheProbabilityOfTheRightOrder() {
    Random random = new Random(3);
    for (int round = 0; round < 50; round++) {
      double[] genuine = random.ints(1 + random.nextInt(30), 3, 20).asDoubleStream().toArray();
      double[] impostor = random.ints(1 + random.nextInt(30), 0, 15).asDoubleStream().toArray();
      double wins = 0;
      for (double g : genuine) {
        for (double i : impostor) {
          wins += g > i ? 1 : g == i ? 0.5 : 0;
        }
      }
      RocCurve curve = RocCurve.of(genuine, impostor);

      assertEquals(wins / genuine.length / impostor.length, curve.areaUnderCurve(), 1e-9);
      // The equal error rate lies on the curve's chord: no step separates the two errors more.
      double rate = curve.equalErrorRate();
      double least = 1;
      for (RocCurve.Point p : curve.points()) {
        least = Math.min(least, Math.max(p.falseAcceptRate(), 1 - p.trueAcceptRate()));
      }
      assertTrue(rate <= least + EXACT, rate + " > " + least);
    }
  }

  @Test
  void scoresMustBeNumbersAndRatesShares() {
    assertThrows(
        IllegalArgumentException.class,
        () -> RocCurve.of(new double[] {Double.NaN}, new double[0]));
    RocCurve curve = RocCurve.of(new double[] {1}, new double[] {0});
    assertThrows(IllegalArgumentException.class, () -> curve.atFalseAcceptRate(-0.1));
    assertThrows(IllegalArgumentException.class, () -> curve.atFalseAcceptRate(1.1));
    assertThrows(IllegalArgumentException.class, () -> curve.atFalseAcceptRate(Double.NaN));
  }
}
