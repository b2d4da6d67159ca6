package io.facepipeline.evaluation.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.evaluation.verification.VerificationReport.ConfidenceInterval;
import io.facepipeline.evaluation.verification.VerificationReport.ScoredPair;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class VerificationReportTest {
  @Test
  void figuresOfASmallRun() {
    VerificationReport report =
        VerificationReport.of(
            new Pairs()
                .same(0, 0.9, Double.NaN)
                .different(0, 0.1, 0.2)
                .same(1, 0.9, 0.9)
                .different(1, 0.0, 0.3)
                .list());

    assertEquals(1, report.withoutFace());
    assertEquals(1, report.wrong().size());
    assertEquals((0.75 + 1) / 2, report.accuracy().mean());
    Map<String, ?> values = report.values();
    assertEquals(8, values.get("pairs"));
    assertEquals(0.875, values.get("accuracy"));
    assertEquals(0.125, values.get("accuracyStd"));
    assertEquals(1L, values.get("withoutFace"));
    // The pair without a face is refused: three of four are accepted.
    assertEquals(0.75, ((Map<?, ?>) values.get("tarAtFar")).get("0.01"));
    assertEquals(
        List.of("0.01", "0.001", "0.0001"),
        List.copyOf(((Map<?, ?>) values.get("tarAtFar")).keySet()));
    assertTrue(report.table().toText().contains("0 of 4 impostor pairs, too few for this rate"));
    assertTrue(report.pairTable().toCsv().contains("0,a1.jpg,b1.jpg,true,,false\r\n"));
  }

  @Test
  void figuresThatOneKindOfPairsDoesNotDefineAreNull() {
    Map<String, ?> values =
        VerificationReport.of(new Pairs().same(0, 0.9).same(1, 0.9).list()).values();

    assertNull(values.get("auc"));
    assertNull(values.get("eer"));
    assertNull(((Map<?, ?>) values.get("tarAtFar")).get("0.01"));
    assertEquals(1.0, values.get("accuracy"));
  }

  @Test
  void intervalsAreThoseOfTheBinomialDistribution() {
    Random random = new Random(5);
    Pairs pairs = new Pairs();
    for (int i = 0; i < 500; i++) {
      // One pair in ten is wrong, whatever the threshold between 0.2 and 0.8.
      pairs.same(i % 5, random.nextInt(10) == 0 ? 0.1 : 0.9);
      pairs.different(i % 5, random.nextInt(10) == 0 ? 0.9 : 0.1);
    }
    VerificationReport report = VerificationReport.of(pairs.list());
    double share = report.accuracy().mean();
    double half = 1.96 * Math.sqrt(share * (1 - share) / 1000);

    ConfidenceInterval interval = report.accuracyInterval();

    assertEquals(share - half, interval.lower(), 0.004);
    assertEquals(share + half, interval.upper(), 0.004);
    // Hanley and McNeil's error of the area is of the same size as the bootstrap's.
    double area = report.roc().areaUnderCurve();
    double q1 = area / (2 - area);
    double q2 = 2 * area * area / (1 + area);
    double error =
        Math.sqrt(
            (area * (1 - area) + 499 * (q1 - area * area) + 499 * (q2 - area * area)) / 250_000);
    double width =
        report.areaUnderCurveInterval().upper() - report.areaUnderCurveInterval().lower();
    assertEquals(2 * 1.96 * error, width, 0.3 * width);
  }

  @Test
  void theSamePairsGiveTheSameIntervals() {
    List<ScoredPair> pairs =
        new Pairs()
            .same(0, 0.9, 0.4, 0.6)
            .different(0, 0.1, 0.5, 0.3)
            .same(1, 0.8, 0.35)
            .different(1, 0.2, 0.45)
            .list();

    assertEquals(VerificationReport.of(pairs).values(), VerificationReport.of(pairs).values());
  }
}
